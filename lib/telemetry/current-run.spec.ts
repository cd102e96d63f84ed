import { describe, expect, test } from '@jest/globals';
import { CurrentRun, type EndedCall } from './current-run.js';

const green = { environment: 'green', attempts: 1 } as const;
const broke = (unit: number, accessKey: number): EndedCall => ({
  ...green,
  unit,
  accessKey,
  callerOutcome: 'truncated',
});
const rescued = (unit: number, accessKey: number): EndedCall => ({
  ...broke(unit, accessKey),
  callerOutcome: 'ok',
  attempts: 2,
  answeredBy: { environment: 'blue', version: 'v1' },
});

describe('a run of failures', () => {
  test('has a user whose requests end in different ways once, and access keys in one order', () => {
    const run = new CurrentRun();
    for (const call of [broke(1, 5), rescued(1, 5), broke(1, 5), broke(2, 6)]) {
      run.fails(call);
      run.ends(call);
    }
    expect(run.read(false)).toMatchObject({
      failures: 2,
      answered: { blue: { byKey: [1, 0], withoutKey: 0 } },
      unasked: { byKey: [0, 1], withoutKey: 0 },
    });
  });
});
