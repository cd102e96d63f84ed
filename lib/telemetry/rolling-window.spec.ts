import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { observation } from '../../test/support/observations.js';
import { Figures } from './figures.js';
import { RollingWindow } from './rolling-window.js';
import type { Tally } from './tally.js';

const LENGTH = 300_000;
const SLICE = LENGTH / 30;
const START = Date.UTC(2026, 0, 1);

function seeing(...times: readonly number[]): RollingWindow {
  const window = new RollingWindow(new Figures(), 'window:chat', LENGTH);
  for (const at of times) window.tallyAt(at).addRequest(observation({ at }));
  return window;
}

const countAt = (window: RollingWindow, now: number) => window.read(now).summary().requests;

describe('a rolling window', () => {
  test('has what happened within its length and forgets what is older', () => {
    const window = seeing(START);
    expect(countAt(window, START + LENGTH)).toBe(1);
    expect(countAt(window, START + LENGTH + 2 * SLICE)).toBe(0);
  });

  test('is exact to one slice, for any times in order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3 * LENGTH), { maxLength: 50 }), fc.nat(LENGTH), (offsets, later) => {
        const times = offsets.map((offset) => START + offset).toSorted((a, b) => a - b);
        const now = (times.at(-1) ?? START) + later;
        const count = countAt(seeing(...times), now);
        expect(count).toBeGreaterThanOrEqual(times.filter((at) => at > now - LENGTH).length);
        expect(count).toBeLessThanOrEqual(times.filter((at) => at > now - LENGTH - SLICE).length);
      }),
    );
  });

  test('reading changes nothing for those who read again', () => {
    const window = seeing(START, START + 1);
    expect([countAt(window, START + 2), countAt(window, START + 2)]).toEqual([2, 2]);
  });

  test('a clock that was set back loses nothing and breaks nothing', () => {
    const window = seeing(START + 60_000, START, START + 1);
    expect(countAt(window, START + 2)).toBe(3);
  });

  test('holds a fixed number of sums, however long it runs', () => {
    const window = new RollingWindow(new Figures(), 'window:chat', LENGTH);
    const tallies = new Set<Tally>();
    for (let at = START; at < START + 10 * LENGTH; at += 1_000) tallies.add(window.tallyAt(at));
    expect(tallies.size).toBe(300);
    // Read long before, nothing is dropped: what is left is all that is held.
    for (const tally of tallies) tally.addRequest(observation());
    expect(countAt(window, START)).toBeLessThanOrEqual(64);
  });
});
