import { describe, expect, test } from '@jest/globals';
import { observation } from '../../test/support/observations.js';
import { sumOf, VersionHistory } from './version-history.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = 1_800_000_000_000 - (1_800_000_000_000 % HOUR);

function history(...times: number[]): VersionHistory {
  const seen = new VersionHistory();
  for (const at of times) seen.see(observation({ version: 'v1', at }));
  return seen;
}

const count = (seen: VersionHistory, from: number, to: number, now = NOON + 180_000) =>
  seen.between('v1', from, to, now).summary().requests;

describe('what a version did over time', () => {
  test('is told by the minute', () => {
    const seen = history(NOON, NOON + 60_000, NOON + 120_000);
    expect(count(seen, NOON, NOON + 60_000)).toBe(1);
    expect(count(seen, NOON + 60_000, NOON + 180_000)).toBe(2);
  });

  test('is told by the second for two minutes, from where the period begins to where it ends', () => {
    const seen = history(...[1, 20, 40, 61, 100].map((second) => NOON + second * 1_000));
    const now = NOON + 110_000;
    expect(count(seen, NOON + 30_500, now + 1, now)).toBe(3);
    expect(count(seen, NOON + 40_999, now + 1, now)).toBe(3);
    expect(count(seen, NOON + 41_000, now + 1, now)).toBe(2);
    expect(count(seen, NOON + 20_000, NOON + 40_000, now)).toBe(1);
    expect(count(seen, NOON + 10_000, NOON + 62_000, now)).toBe(3);
    expect(count(seen, NOON + 90_000, now, now)).toBe(1);
  });

  test('leaves out what was before its beginning when that can no longer be told to the second', () => {
    const times = [NOON + 1_000, NOON + 40_000, NOON + 61_000, NOON + 20 * MINUTE];
    const minutes = history(...times);
    expect(count(minutes, NOON + 30_000, NOON + HOUR, NOON + HOUR)).toBe(2);
    expect(count(minutes, NOON + 30_000, NOON + 59_000, NOON + HOUR)).toBe(2);
    const quarters = history(...times, NOON + 3 * HOUR);
    expect(count(quarters, NOON + 10 * MINUTE, NOON + 4 * HOUR, NOON + 4 * HOUR)).toBe(2);
    expect(count(quarters, NOON + 10 * MINUTE, NOON + 12 * MINUTE, NOON + 4 * HOUR)).toBe(3);
  });

  test('has each request once, wherever two periods meet', () => {
    const seen = history(...Array.from({ length: 240 }, (_, second) => NOON + second * 1_000 + 500));
    const now = NOON + 240_000;
    for (let second = 130; second < 240; second += 7) {
      const middle = NOON + second * 1_000;
      expect(count(seen, NOON, middle, now) + count(seen, middle, now + 1, now)).toBe(240);
    }
  });

  test('is told by the quarter of an hour when it is older than two hours', () => {
    const seen = history(NOON, NOON + 60_000, NOON + 16 * 60_000, NOON + 3 * HOUR);
    expect(count(seen, NOON, NOON + 60_000, NOON + 3 * HOUR)).toBe(2);
    expect(count(seen, NOON, NOON + 4 * HOUR, NOON + 3 * HOUR)).toBe(4);
  });

  test('is forgotten after 72 hours', () => {
    const seen = history(NOON, NOON + 74 * HOUR);
    expect(count(seen, NOON, NOON + HOUR, NOON + 74 * HOUR)).toBe(0);
  });

  test('of one that was never seen is nothing', () => {
    expect(history().between('other', 0, NOON, NOON).summary().requests).toBe(0);
  });

  test('is told apart by slot, minute by minute', () => {
    const seen = new VersionHistory();
    for (const environment of ['blue', 'green']) {
      for (const at of [NOON, NOON + MINUTE, NOON + MINUTE]) seen.see(observation({ environment, version: 'v1', at }));
    }
    const slices = seen.slices({ route: 'chat', environment: 'green', version: 'v1' }, NOON);
    expect(slices.map(({ start, tally }) => [start, tally.summary().requests])).toEqual([
      [NOON, 1],
      [NOON + MINUTE, 2],
    ]);
    expect(seen.between('v1', NOON, NOON + HOUR, NOON + HOUR).summary().requests).toBe(6);
    expect(seen.slices({ route: 'chat', environment: 'green', version: 'v2' }, NOON)).toEqual([]);
  });

  test('is told by the minute from the first on, in the middle of a quarter of an hour too', () => {
    const seen = history(...[12, 13, 23].map((minute) => NOON + minute * MINUTE + 30_000));
    const place = { route: 'chat', environment: 'green', version: 'v1' };
    const slices = seen.slices(place, NOON - HOUR);
    expect(slices.map(({ start, length }) => [(start - NOON) / MINUTE, length / MINUTE])).toEqual([
      [12, 1],
      [13, 1],
      [23, 1],
    ]);
    expect(seen.since(place)).toBe(NOON + 12.5 * MINUTE);
    expect(seen.since({ ...place, environment: 'red' })).toBeUndefined();
  });

  test('has each request in one slice, when minutes have become quarters of an hour too', () => {
    const seen = history(...Array.from({ length: 300 }, (_, minute) => NOON + (12 + minute) * MINUTE));
    const slices = seen.slices({ route: 'chat', environment: 'green', version: 'v1' }, 0);
    expect(slices.map(({ length }) => length / MINUTE)).toEqual([
      ...Array.from({ length: 13 }, () => 15),
      ...Array.from({ length: 117 }, () => 1),
    ]);
    expect(sumOf(slices).summary().requests).toBe(300);
  });

  test('is kept for 256 versions in slots; the one that was silent longest goes', () => {
    const seen = new VersionHistory();
    for (let n = 0; n < 1_100; n++) seen.see(observation({ version: `v${n}`, at: NOON }));
    expect(seen.versions).toHaveLength(256);
    expect(seen.versions).not.toContain('v0');
  });
});
