import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { FakeClock } from '../../test/support/fake-clock.js';
import { EndSignal } from '../kit/end-signal.js';
import { pause, retryDelay } from './retry.js';

const POLICY = { attempts: 3, baseDelay: 250, maxDelay: 8_000 };

describe('the wait before another attempt', () => {
  test('lies between half its bound and its bound, which doubles up to the longest', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (n, random) => {
          const bound = Math.min(8_000, 250 * 2 ** (n - 1));
          const delay = retryDelay(n, undefined, POLICY, () => random);
          expect(delay).toBeGreaterThanOrEqual(bound / 2);
          expect(delay).toBeLessThanOrEqual(bound);
        },
      ),
    );
  });

  test('is never shorter than the provider asks', () => {
    expect(retryDelay(1, 5_000, POLICY, () => 0.5)).toBe(5_000);
    expect(retryDelay(1, 1, POLICY, () => 0)).toBe(125);
  });

  test('is not waited at all when the provider asks for more than the longest', () => {
    expect(retryDelay(1, 8_000, POLICY, () => 0)).toBe(8_000);
    expect(retryDelay(1, 8_001, POLICY, () => 0)).toBeUndefined();
  });
});

describe('a pause', () => {
  test('ends when its time is over, and leaves no listener behind', async () => {
    const clock = new FakeClock();
    const caller = new AbortController();
    const waiting = pause(100, clock, caller.signal);
    clock.advance(100);
    expect(await waiting).toBe(true);
    expect(clock.timers).toBe(0);
  });

  test('ends at once when the caller leaves, and leaves no timer behind', async () => {
    const clock = new FakeClock();
    const caller = new AbortController();
    const waiting = pause(100, clock, caller.signal);
    caller.abort();
    expect(await waiting).toBe(false);
    expect(clock.timers).toBe(0);
  });

  test('ends at once at the end of the process: what comes next says so', async () => {
    const clock = new FakeClock();
    const end = new EndSignal();
    const waiting = pause(100, clock, undefined, end);
    end.end();
    expect(await waiting).toBe(true);
    expect(await pause(100, clock, undefined, end)).toBe(true);
    expect(clock.timers).toBe(0);
  });

  test('does not begin for a caller that has left', async () => {
    const clock = new FakeClock();
    expect(await pause(100, clock, AbortSignal.abort())).toBe(false);
    expect(clock.timers).toBe(0);
  });
});
