import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { logShareEvidence } from './absolute.js';
import { logStartsEvidence, type ClaimCounts } from './starts.js';
import { canaryEvents, logTimeEvidence } from './time-tolerance.js';

const claim = (canary: number, baseline: number): ClaimCounts => ({
  previous: -1,
  start: 0,
  share: 0.5,
  canary,
  baseline,
});
const read = (canary: number, baseline: number, below: number) => {
  const claims = [claim(canary, baseline)];
  return logTimeEvidence({ claims, beyond: canaryEvents(claims), below: [{ start: 0, requests: below }] }, 0.95);
};

describe('a tolerance on a quantile of times', () => {
  test('a canary inside its tolerance: far more beyond the limit than the live one, yet fewer than the quantile allows', () => {
    const { compared, absolute, log } = read(30, 2, 1_200);
    expect(compared).toBeGreaterThan(Math.log(1_000));
    expect(absolute).toBeLessThan(0);
    expect(log).toBe(absolute);
  });

  test('a provider that is slow for both: more than the quantile allows, and no more than the live one', () => {
    const { compared, absolute, log } = read(90, 88, 500);
    expect(absolute).toBeGreaterThan(Math.log(1_000));
    expect(log).toBe(compared);
    expect(log).toBeLessThan(Math.log(20));
  });

  test('a canary that is slower than tolerated: both speak', () => {
    expect(read(60, 6, 240).log).toBeGreaterThan(Math.log(200));
  });

  test('is the lesser of the two', () => {
    const counts = fc.record({ canary: fc.nat(60), baseline: fc.nat(60), below: fc.nat(900) });
    fc.assert(
      fc.property(counts, ({ canary, baseline, below }) => {
        const claims = [claim(canary, baseline)];
        const one = logStartsEvidence(claims, 1).log;
        const other = logShareEvidence(
          [{ previous: -1, start: 0, events: canary }],
          [{ start: 0, requests: below }],
          1 - 0.95,
        ).log;
        expect(read(canary, baseline, below).log).toBe(Math.min(one, other));
      }),
    );
  });
});
