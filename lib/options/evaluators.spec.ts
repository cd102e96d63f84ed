import { describe, expect, test } from '@jest/globals';
import { environment, untyped } from '../../test/support/options.js';
import { judge } from '../evaluation/judge.js';
import { OptionsError } from '../validation/validation-error.js';
import { parseOptions } from './parse-options.js';

const route = { environments: { blue: environment(100), green: environment(0) } };

function problemsOf(options: object): string[] {
  try {
    parseOptions(untyped(options));
    return [];
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    return error.problems.map(({ path, message }) => `${path} ${message}`);
  }
}

describe('A judge', () => {
  const evaluators = [{ name: 'judge', evaluate: judge({ route: 'judges', criteria: 'Polite.' }) }];

  test('asks a route that there is', () => {
    expect(problemsOf({ routes: { chat: route, judges: route }, evaluators })).toEqual([]);
    expect(problemsOf({ routes: { chat: route, search: route }, evaluators })).toEqual([
      'evaluators.0.evaluate judges through a route that is not configured',
    ]);
  });

  test('needs somebody else to judge', () => {
    const alone = ['evaluators.0.evaluate judges through the only route there is, so it has nothing to judge'];
    expect(problemsOf({ routes: { judges: route }, evaluators })).toEqual(alone);
    expect(problemsOf({ ...route, alias: 'judges', evaluators })).toEqual(alone);
  });
});

const gated = (gate: object, more: object = {}) => ({
  ...route,
  rollout: { gates: [{ kind: 'quality', evaluator: 'similarity', ...gate }] },
  ...more,
});

describe('A gate on similarity', () => {
  test('needs mirrors: of the route, or as a stage of its rollout', () => {
    expect(problemsOf(gated({ min: 0.9 }, { shadow: { percentage: 10 } }))).toEqual([]);
    const { rollout } = gated({ min: 0.9 });
    expect(problemsOf({ ...route, rollout: { ...rollout, shadow: {} } })).toEqual([]);
    expect(problemsOf(gated({ min: 0.9 }))).toEqual([
      'rollout.gates.0.evaluator reads mirrored requests, and this route has none',
    ]);
  });

  test('has a limit of its own: a mirrored request has been compared already', () => {
    expect(problemsOf(gated({ tolerance: 0.1 }, { shadow: { percentage: 10 } }))).toEqual([
      expect.stringMatching(/^rollout.gates.0.tolerance does not go with similarity/),
    ]);
  });

  test('is the only one of that name', () => {
    expect(problemsOf({ ...route, evaluators: [{ name: 'similarity' }] })).toEqual([
      'evaluators.0.name cannot be the name of an evaluator',
    ]);
  });
});
