import { describe, expect, test } from '@jest/globals';
import { propose, type Proposal } from './propose.js';
import { simulate } from './simulate.js';
import type { Conditions, Effort, TimedStep } from './simulation.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const EFFORT: Effort = { trials: 100, seed: 1 };
const LITTLE: Effort = { trials: 20, seed: 1 };
const BUSY: Conditions = { requestsPerSecond: 20, baselineRate: 0.01, ratio: 1, alpha: 0.05 };
const SLOW: Conditions = { ...BUSY, requestsPerSecond: 0.7 };

type Schedule = Extract<Proposal, { kind: 'schedule' }>;

function scheduleFor(within: number, conditions = BUSY, effort = EFFORT): Schedule {
  const proposal = propose({ times: 2, within }, conditions, effort);
  if (proposal.kind !== 'schedule') throw new Error('There is a schedule.');
  return proposal;
}

function neededWithin(within: number, conditions: Conditions): number | null {
  const proposal = propose({ times: 2, within }, conditions, LITTLE);
  if (proposal.kind === 'schedule') throw new Error('There is no time for a schedule.');
  return proposal.needed;
}

const weightsOf = ({ steps }: Schedule) => steps.map(({ weight }) => weight);

/** The chance that this sees a green twice as bad. */
function chanceOf(steps: readonly TimedStep[], conditions: Conditions, effort = EFFORT): number {
  return simulate(steps, conditions, effort).caught.find(({ times }) => times === 2)!.chance;
}

describe('a proposed schedule', () => {
  test.each([0.7, 2, 20])('at %d requests/s sees what it is to see, in time', (requestsPerSecond) => {
    const schedule = scheduleFor(6 * HOUR, { ...BUSY, requestsPerSecond });
    const { steps, chance } = schedule;
    expect(chance).toBeGreaterThanOrEqual(0.8);
    expect(steps.reduce((sum, step) => sum + step.duration, 0)).toBeLessThanOrEqual(6 * HOUR);
    expect(steps.at(-1)).toEqual({ weight: 100, duration: 0 });
    const weights = weightsOf(schedule);
    expect(weights).toEqual([...new Set(weights)].toSorted((a, b) => a - b));
    for (const { duration } of steps.slice(1)) expect(duration).toBeLessThanOrEqual(steps[0]!.duration);
    for (const { duration } of steps) expect(duration % MINUTE).toBe(0);
  });

  test.each([6, 12])('within %d min has the chance that a simulation of it finds', (minutes) => {
    const { steps, chance } = scheduleFor(minutes * MINUTE);
    expect(chance).toBe(chanceOf(steps, BUSY));
  });

  test('begins the lower the more traffic there is', () => {
    const few = scheduleFor(4 * HOUR, { ...BUSY, requestsPerSecond: 1 }, LITTLE);
    const many = scheduleFor(4 * HOUR, BUSY, LITTLE);
    expect(many.steps[0]!.weight).toBeLessThan(few.steps[0]!.weight);
  });

  test.each([
    [240, [1, 25, 50, 100]],
    [60, [5, 25, 50, 100]],
    [16, [15, 25, 50, 100]],
    [11, [25, 50, 100]],
    [10, [40, 50, 100]],
    [5, [50, 100]],
  ])('with %d minutes of time begins as low as they allow, and only goes up: %j', (minutes, weights) => {
    expect(weightsOf(scheduleFor(minutes * MINUTE, BUSY, LITTLE))).toEqual(weights);
  });

  test('has no steps that would be over as they begin', () => {
    const crowded = { ...BUSY, requestsPerSecond: 2_000 };
    const { steps } = scheduleFor(2 * MINUTE, crowded, LITTLE);
    expect(steps).toEqual([
      { weight: 2, duration: MINUTE },
      { weight: 100, duration: 0 },
    ]);
  });

  test.each([7, 20, 41])(
    'begins with a step that sees it in 80 % of %d trials, and would not when shorter',
    (trials) => {
      const effort = { trials, seed: 1 };
      const first = scheduleFor(8 * HOUR, SLOW, effort).steps[0]!;
      expect(chanceOf([first], SLOW, effort)).toBeGreaterThanOrEqual(0.8);
      const shorter = { ...first, duration: first.duration - MINUTE };
      expect(chanceOf([shorter], SLOW, effort)).toBeLessThan(0.8);
    },
  );

  test.each([140, 200, 256, 300, 400, 2_000])(
    'within %d min leaves time to whatever follows the first step',
    (minutes) => {
      const within = minutes * MINUTE;
      const [first, ...behind] = scheduleFor(within, SLOW, LITTLE).steps.slice(0, -1);
      if (behind.length === 0) return;
      expect(first!.duration).toBeLessThanOrEqual(within * 0.75);
      const [{ duration }] = behind as [TimedStep];
      for (const step of behind) expect(step.duration).toBe(duration);
      const unused = within - first!.duration - behind.length * duration;
      expect(duration === first!.duration || unused < behind.length * MINUTE).toBe(true);
    },
  );

  test('may spend three quarters of its time on the first step, and not more', () => {
    const { weight, duration } = scheduleFor(5 * HOUR, SLOW, LITTLE).steps[0]!;
    const latest = duration / 0.75;
    expect(scheduleFor(latest, SLOW, LITTLE).steps[0]).toEqual({ weight, duration });
    expect(scheduleFor(latest - 1, SLOW, LITTLE).steps[0]!.weight).toBeGreaterThan(weight);
  });
});

describe('no schedule', () => {
  test('is there when there is no time for it: then it says how long it takes with half of the traffic', () => {
    const needed = neededWithin(HOUR, SLOW)!;
    expect(needed).toBeGreaterThan(HOUR);
    expect(neededWithin(needed - MINUTE, SLOW)).toBe(needed);
    const half = { weight: 50, duration: needed };
    expect(scheduleFor(needed, SLOW, LITTLE).steps).toEqual([half, { weight: 100, duration: 0 }]);
    expect(chanceOf([half], SLOW, LITTLE)).toBeGreaterThanOrEqual(0.8);
  });

  test('is there for what cannot be told from what is tolerated', () => {
    const found = propose({ times: 1.05, within: 24 * HOUR }, BUSY, { trials: 10, seed: 1 });
    expect(found).toEqual({ kind: 'impossible', needed: null });
  });
});

test('the search for a schedule tells how far it is, never backwards, to the end where it finds none', () => {
  const told: number[] = [];
  const found = propose({ times: 2, within: MINUTE }, BUSY, { ...LITTLE, progress: (done) => told.push(done) });
  expect(found.kind).toBe('impossible');
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect([told[0], told.at(-1)]).toEqual([0, 1]);
});
