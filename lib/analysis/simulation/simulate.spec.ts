import { describe, expect, test } from '@jest/globals';
import { endsOf, longest, simulate } from './simulate.js';
import type { Conditions, TimedStep } from './simulation.js';
import { showMinutes, warningsAbout } from './warnings.js';

const HOUR = 3_600_000;
const STEPS: TimedStep[] = [
  { weight: 5, duration: HOUR },
  { weight: 25, duration: 2 * HOUR },
  { weight: 50, duration: 2 * HOUR },
  { weight: 100, duration: 0 },
];
const CONDITIONS: Conditions = { requestsPerSecond: 1, baselineRate: 0.01, ratio: 1, alpha: 0.05 };
const EFFORT = { trials: 100, seed: 1 };

describe('a simulated schedule', () => {
  const report = simulate(STEPS, CONDITIONS, EFFORT);

  test('hardly ever reverts a canary as good as the baseline, and says how sure that is', () => {
    expect(report.falseRollback).toBeLessThanOrEqual(0.05);
    expect(report.standardError).toBeCloseTo(
      Math.sqrt((report.falseRollback * (1 - report.falseRollback)) / EFFORT.trials),
      12,
    );
  });

  test('has a line for every step that compares the two', () => {
    expect(report.steps.map(({ weight, requests }) => [weight, requests])).toEqual([
      [5, 3_600],
      [25, 7_200],
      [50, 7_200],
    ]);
  });

  test('sees a canary the sooner the worse it is, and the more of the traffic it has', () => {
    for (const { sights } of report.steps) {
      const [two, three, five] = sights.map(({ minutes }) => minutes!);
      expect(two).toBeGreaterThan(three!);
      expect(three).toBeGreaterThan(five!);
    }
    const twice = report.steps.map(({ sights }) => sights[0]!);
    expect(twice[0]!.minutes).toBeGreaterThan(twice[1]!.minutes!);
    expect(twice[1]!.chance).toBeGreaterThan(twice[0]!.chance);
    expect(report.caught.map(({ times }) => times)).toEqual([2, 3, 5]);
    expect(report.caught[2]!.chance).toBeGreaterThan(0.99);
  });

  test('counts requests of both arms, of the canary, and the minutes they take', () => {
    const [sight] = report.steps[1]!.sights;
    expect(sight!.canaryRequests).toBe(Math.ceil(sight!.requests! * 0.25));
    expect(sight!.minutes).toBeCloseTo(sight!.requests! / 60, 9);
  });

  test('never lets a canary fail more often than always', () => {
    const half = { ...CONDITIONS, baselineRate: 0.5 };
    const seenAt = (times: number) => endsOf(times, [{ share: 0.5, requests: 1_000 }], half, { trials: 20, seed: 1 });
    expect(seenAt(5)).toEqual(seenAt(2));
    expect(seenAt(5).every(Number.isFinite)).toBe(true);
    expect(longest(0.5, 5, half)).toBe(longest(0.5, 2, half));
  });

  test('is the same for the same seed', () => {
    expect(simulate(STEPS, CONDITIONS, EFFORT)).toEqual(report);
    expect(simulate(STEPS, CONDITIONS, { ...EFFORT, seed: 2 })).not.toEqual(report);
  });

  test('has nothing to warn of when every step is long enough, and names the one that is not', () => {
    expect(report.warnings).toEqual([]);
    const hasty = simulate([{ weight: 5, duration: 60_000 }, ...STEPS.slice(1)], CONDITIONS, EFFORT);
    expect(hasty.warnings).toEqual([expect.stringMatching(/^Step 1 \(5%\) is too short to find even a 5× worse green: it takes \d+ min\.$/)]); // prettier-ignore
  });

  test('warns of a schedule that sees nothing at all', () => {
    const blind = simulate([{ weight: 1, duration: 60_000 }], CONDITIONS, EFFORT);
    expect(blind.warnings.at(-1)).toContain('finds a 5× worse green less than half of the time');
    const nobody = simulate([{ weight: 100, duration: HOUR }], CONDITIONS, EFFORT);
    expect(nobody).toMatchObject({ falseRollback: 0, steps: [], warnings: [expect.stringContaining('No step')] });
  });

  test('tells how far it is, never backwards, to the end', () => {
    const told: number[] = [];
    simulate(STEPS, CONDITIONS, { ...EFFORT, progress: (done) => told.push(done) });
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(1);
  });

  test('takes a canary that cannot be seen for one that nobody waits for', () => {
    const tolerant = { ...CONDITIONS, ratio: 2 };
    const [two] = simulate(STEPS, tolerant, { trials: 10, seed: 1 }).steps[0]!.sights;
    expect(two).toMatchObject({ requests: null, canaryRequests: null, minutes: null });
  });
});

test('A step that sees the worst of them half of the time is long enough, and so is such a schedule', () => {
  const sight = { times: 5, requests: null, canaryRequests: null, minutes: null };
  const step = (chance: number) => ({ weight: 5, duration: 1, requests: 1, sights: [{ ...sight, chance }] });
  expect(warningsAbout([step(0.5)], { times: 5, chance: 0.5 })).toEqual([]);
  expect(warningsAbout([step(0.5), step(0.49)], { times: 5, chance: 0.49 })).toEqual([
    'Step 2 (5%) is too short to find even a 5× worse green: it would take too long to wait for.',
    'The whole schedule finds a 5× worse green less than half of the time.',
  ]);
});

test.each([
  [1, '1 min'],
  [119.5, '120 min'],
  [120, '2.0 h'],
  [0.2, '12 s'],
  [3.1, '4 min'],
  [150, '2.5 h'],
])('%d minutes are %s', (minutes, words) => {
  expect(showMinutes(minutes)).toBe(words);
});
