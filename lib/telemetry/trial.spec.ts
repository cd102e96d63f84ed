import { beforeEach, describe, expect, test } from '@jest/globals';
import { ON_TRIAL } from '../../test/support/observations.js';
import { stretchLength } from '../domain/timetable.js';
import { Figures } from './figures.js';
import { Trial } from './trial.js';

let trial: Trial;
beforeEach(() => {
  trial = new Trial(new Figures(), 'chat', 1);
});

const placed = (environment: string) => ({
  route: 'chat',
  environment,
  version: 'v1',
  epoch: 1,
  segment: 1,
  unit: undefined,
  onTrial: ON_TRIAL,
});

function spend(environment: string, cost: number, times = 1): void {
  for (let n = 0; n < times; n++) trial.spent(cost, placed(environment));
}

/** What an environment is taken to have cost in all. */
const counted = (environment: string) => trial.samples('cost', environment).sums.reduce((all, sum) => all + sum, 0);

const arrives = (unit: number | undefined, segment: number, environment = 'green', after = 0) =>
  trial.arrives({ ...placed(environment), unit, segment }, ON_TRIAL.since + after);
const units = (environment: string, segment: number) => trial.sampled(environment, segment).units;

describe('units that were seen', () => {
  test('count once under each weights, a request without a key always, whatever the arm', () => {
    for (const unit of [7, 7, 8, undefined, undefined]) arrives(unit, 1);
    arrives(9, 1, 'blue');
    arrives(7, 2);
    expect([units('green', 1), units('blue', 1), units('green', 2)]).toEqual([4, 1, 1]);
  });

  test('are a sample again after each starting point, and not the more often they ask in between', () => {
    const stretch = stretchLength(ON_TRIAL.timetable.planned);
    for (let n = 0; n < 60; n++) arrives(7, 1, 'green', (n / 60) * 3 * stretch);
    expect(trial.sampled('green', 1)).toEqual({ units: 1, samples: 3 });
    arrives(7, 1, 'green', 0);
    expect(trial.sampled('green', 1)).toEqual({ units: 1, samples: 3 });
    arrives(7, 2, 'green', 3 * stretch);
    expect(trial.sampled('green', 2)).toEqual({ units: 1, samples: 1 });
  });

  test('leave out the cost of their first request, where they come back', () => {
    for (let n = 0; n < 60; n++) arrives(n % 10, 1);
    expect([arrives(1, 2), arrives(1, 2)]).toEqual([true, false]);
    trial.spent(5, { ...placed('green'), mayBeCold: true });
    expect(counted('green')).toBe(0);
  });
});

describe('what the arms of a trial cost', () => {
  test('is seen also where the first answers cost nothing', () => {
    spend('blue', 0, 60);
    for (let n = 0; n < 1_000; n++) {
      spend('blue', 0, 19);
      spend('green', 0.05);
    }
    expect(counted('green')).toBeGreaterThan(0.4 * 1_000 * 0.05);
    expect(counted('blue')).toBe(0);
  });

  test('is not decided by one monster, whenever it comes', () => {
    spend('blue', 0.01, 100);
    spend('green', 1_000);
    expect(counted('green')).toBeCloseTo(0.1);
  });

  test('is not decided by the second one either: the first makes no room for it', () => {
    spend('blue', 0.01, 100);
    spend('blue', 1_000);
    spend('green', 1_000);
    expect(counted('green')).toBeCloseTo(0.1);
  });

  test('follows when prices really rise', () => {
    spend('blue', 0.001, 100);
    spend('green', 0.05, 1_000);
    expect(counted('green')).toBeGreaterThan(0.9 * 1_000 * 0.05);
  });
});
