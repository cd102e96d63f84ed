import { describe, expect, test } from '@jest/globals';
import { StandstillWatch } from './standstill.js';

const clock = { elapsed: 0, now: 1_000_000 };
const passes = (ms: number, slept = 0): void => {
  clock.elapsed += ms;
  clock.now += ms + slept;
};
const watched = (): StandstillWatch =>
  new StandstillWatch(
    () => clock.elapsed,
    () => clock.now,
  );

describe('A process', () => {
  test('that beats a little late, or whose wall clock goes back, did not stand still', () => {
    const watch = watched();
    for (const ms of [100, 1_500, 100, 2_000]) {
      passes(ms);
      watch.beat();
    }
    passes(100, -3_600_000);
    watch.beat();
    expect(watch.seen).toEqual({ count: 0, ms: 0 });
  });

  test('that was stopped is known at once, before its next beat, and counted once', () => {
    const watch = watched();
    passes(5_100);
    expect(watch.seen).toEqual({ count: 1, ms: 5_000 });
    watch.beat();
    passes(100);
    watch.beat();
    expect(watch.seen).toEqual({ count: 1, ms: 5_000 });
  });

  test('whose machine slept is known by the wall clock: there is no time to give back', () => {
    const watch = watched();
    passes(100, 60_000);
    expect(watch.seen).toEqual({ count: 1, ms: 0 });
  });

  test('has run only while it did not stand still, also when nobody has looked since', () => {
    const watch = watched();
    const began = watch.running;
    passes(1_500);
    expect(watch.running - began).toBe(1_500);
    passes(5_000);
    expect(watch.running - began).toBe(100);
    passes(100, 60_000);
    expect(watch.running - began).toBe(200);
    expect(watch.seen).toEqual({ count: 2, ms: 6_400 });
  });
});
