import { describe, expect, test } from '@jest/globals';
import { ModelWatch } from './model-watch.js';
import type { Observation } from './observation.js';

function watch() {
  const warnings: string[] = [];
  const models = new ModelWatch();
  models.drifts$.subscribe(({ message }) => warnings.push(message));
  return { warnings, watch: models };
}

function observed(answered: string | undefined, version = 'v1'): Observation {
  return {
    at: 0,
    route: 'chat',
    environment: 'green',
    version: 'other',
    epoch: 0,
    segment: 0,
    outcome: 'ok',
    requestId: 'r1',
    callerOutcome: 'ok',
    answeredBy: { environment: 'blue', version },
    attempts: 1,
    latency: 1,
    modelDrift: answered === undefined ? undefined : { expected: 'gpt-4o', answered },
  };
}

describe('another model than the configured one', () => {
  test('is warned of once, with the environment that answered and both names', () => {
    const { warnings, watch: models } = watch();
    for (let n = 0; n < 3; n++) models.see(observed('gpt-4o-mini'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/"blue" \(version v1\).*"gpt-4o".*"gpt-4o-mini"/);
  });

  test('is warned of again when it is yet another, or in another version', () => {
    const { warnings, watch: models } = watch();
    for (const observation of [observed('a'), observed('b'), observed('a', 'v2')]) models.see(observation);
    expect(warnings).toHaveLength(3);
  });

  test('says nothing while the right one answers', () => {
    const { warnings, watch: models } = watch();
    models.see(observed(undefined));
    expect(warnings).toEqual([]);
  });

  test('is not warned of for ever: a provider that names a new model every time fills neither log nor memory', () => {
    const { warnings, watch: models } = watch();
    for (let n = 0; n < 1_000; n++) models.see(observed(`model-${n}`));
    expect(warnings).toHaveLength(256);
  });

  test('cannot write lines of its own into the log, nor long ones', () => {
    const { warnings, watch: models } = watch();
    models.see(observed(`x\nfake log line${'y'.repeat(1_000)}`));
    expect(warnings[0]).not.toContain('\n');
    expect(warnings[0]!.length).toBeLessThan(400);
  });
});
