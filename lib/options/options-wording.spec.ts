import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { environment, pair, untyped } from '../../test/support/options.js';
import { OptionsError } from '../validation/validation-error.js';
import { parseOptions } from './parse-options.js';

function errorOf(options: object): OptionsError {
  try {
    parseOptions(untyped({ environments: pair, ...options }));
  } catch (error) {
    if (error instanceof OptionsError) return error;
    throw error;
  }
  throw new Error('These options were accepted.');
}

describe('Wrong options', () => {
  test.each([
    [{ breaker: true }, 'breaker is not what is expected here (found: true). Use a value of type object or false.'],
    [{ breaker: { threshold: 7 } }, 'breaker.threshold is too big (found: 7). Use less than 1.'],
    [{ breaker: { treshold: 0.5 } }, 'breaker.treshold is not an option (found: 0.5). Check its spelling'],
    [{ retry: { attempts: '3' } }, 'retry.attempts has the wrong type (found: "3"). Use a value of type number'],
    [
      { streamRecovery: 'on' },
      'streamRecovery is none of the known values (found: "on"). Use one of: error, continue.',
    ],
    [{ alias: '' }, 'alias is empty (found: ""). Set it, or leave it out.'],
    [
      { rollout: { gates: [{ kind: 'errors' }] } },
      'rollout.gates.0.kind is not what is expected here (found: "errors"). Use one of: errorRate, latency',
    ],
    [
      { environments: { blue: environment(100, { systemPrompt: { text: 5 } }) } },
      'environments.blue.systemPrompt.text has the wrong type (found: 5).',
    ],
  ])('%j is told in plain words', (options, line) => {
    expect(errorOf(options).message).toContain(`  1. ${line}`);
  });

  test('are listed once when the error is logged', () => {
    expect(inspect(errorOf({ active: 'red' })).split('"red"')).toHaveLength(2);
  });
});
