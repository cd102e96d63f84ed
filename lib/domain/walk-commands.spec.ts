import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { InvalidWeightsError, RolloutStateError } from './errors.js';
import { pauseRollout } from './pause-commands.js';
import { rollbackRoute, rollbackTarget } from './rollback-commands.js';
import { promoteRollout, startRollout } from './rollout-commands.js';
import { setTrafficWeights } from './route-commands.js';
import { advanceRollout } from './stage-commands.js';
import { stairs } from './stairs.js';
import { splitTraffic, walkTraffic } from './traffic-rules.js';
import { walkTo, walkToAll, type Walk } from './walk-commands.js';

const BLUE = { blue: 100, green: 0 };
const by = (increment: number, rest: Partial<Walk> = {}): Walk => ({
  rolloutId: 'walk',
  seed: 'fresh',
  increment,
  plan: (weights) => planWith(weights, { finalBakeTime: 0 }),
  ...rest,
});
const green = (weight: number) => ({ blue: 100 - weight, green: weight });
const fresh = () => new History(routeWith(BLUE));
const share = ({ route }: History) => route.weights['green'];
const stepsOf = ({ route }: History) => route.rollout!.plan.steps.map(({ setWeight }) => setWeight);

function walked(history: History): unknown[] {
  const seen = [share(history)];
  while (history.phase === 'Progressing') {
    history.run(advanceRollout);
    seen.push(share(history));
  }
  return seen;
}

describe('A shift from nothing', () => {
  test('to 100% goes there by its increment, stays, and green is live', () => {
    const history = fresh();
    expect(history.run(walkTo(green(100), by(25)))).toEqual(['RolloutStarted']);
    expect(walked(history)).toEqual([25, 50, 75, 100, 100]);
    expect(history.route).toMatchObject({
      active: 'green',
      standby: 'blue',
      rollout: { phase: { name: 'Succeeded' } },
    });
  });

  test.each([5, 10, 50, 90])(
    'to 10% by %d begins with the first step that was asked for, and ends at 10',
    (increment) => {
      const history = fresh();
      history.run(walkTo(green(10), by(increment)));
      expect(share(history)).toBe(Math.min(increment, 10));
      expect(walked(history).at(-1)).toBe(10);
      expect(history.route.active).toBe('blue');
    },
  );

  test('to 0% gives green nothing', () => {
    const history = fresh();
    expect(history.run(walkTo(green(0), by(10)))).toEqual([]);
    expect(rollbackTarget(history.route)).toBeUndefined();
  });

  test('that is lowered to 0% has ended, which is no success and forgives no version', () => {
    const history = fresh();
    history.run(walkTo(green(50), by(10)));
    history.run(walkTo(green(0), by(10)));
    expect(history.entries.at(-1)).toMatchObject({ type: 'RolloutSucceeded', lowered: true, weights: green(0) });
    history.run(walkTo(green(50), by(10)));
    history.run(walkTo(green(5), by(10)));
    expect(history.entries.at(-1)).not.toHaveProperty('lowered');
  });

  test('of a route without a target goes to all of it', () => {
    const history = fresh();
    history.run(walkToAll(by(50)));
    expect(stepsOf(history)).toEqual([50, 100]);
  });

  test('puts versions into slots first', () => {
    const history = fresh();
    const rules = [
      { version: { tag: 'v2', model: 'm' }, weight: 20 },
      { environment: 'blue', version: history.route.environments['blue']!.version, weight: 80 },
    ];
    expect(history.run(walkTraffic(rules, by(10)))).toEqual(['VersionAssigned', 'RolloutStarted']);
    expect(history.route).toMatchObject({ weights: green(10), environments: { green: { version: { tag: 'v2' } } } });
  });
});

describe('A shift of a split by hand', () => {
  test('walks on from where it is, with the users that it has', () => {
    const history = fresh();
    history.run(setTrafficWeights(green(30)));
    const { seed } = history.route;
    history.run(walkTo(green(60), by(20)));
    expect(stepsOf(history)).toEqual([50, 60]);
    expect(history.route.seed).toBe(seed);
  });

  test('to less sets it at once, and is not a rollback', () => {
    const history = fresh();
    history.run(setTrafficWeights(green(30)));
    expect(history.run(walkTo(green(10), by(1)))).toEqual(['WeightsSet']);
    expect(share(history)).toBe(10);
    expect(history.entries.at(-1)).not.toHaveProperty('reverted');
  });

  test('back to what was live before is at once', () => {
    const history = fresh();
    history.run(setTrafficWeights(green(100)));
    history.run(walkTo(green(0), by(10)));
    expect(history.route).toMatchObject({ active: 'blue', weights: BLUE });
  });

  test('gives what others lose to the live one at once, and lets one gain at a time', () => {
    const history = new History(routeWith({ blue: 70, green: 0, third: 30 }));
    expect(history.run(walkTo({ blue: 70, green: 20, third: 10 }, by(5)))).toEqual(['WeightsSet', 'RolloutStarted']);
    expect(history.route.weights).toEqual({ blue: 85, green: 5, third: 10 });
    const both = walkTo({ blue: 50, green: 20, third: 30 }, by(5));
    expect(() => new History(routeWith({ blue: 100, green: 0, third: 0 })).run(both)).toThrow(RolloutStateError);
  });
});

describe('A new target while a walk is under way', () => {
  test('keeps the rollout, its seed, its evidence, its weight and the time of its step', () => {
    const history = fresh();
    history.run(walkTo(green(20), by(10)), 1_000);
    const { seed, epoch, segment, order } = history.route;
    expect(history.run(walkTo(green(50), by(20, { rolloutId: 'other', seed: 'other' })), 9_000)).toEqual([
      'PlanChanged',
    ]);
    expect(history.route).toMatchObject({ seed, epoch, segment, order, weights: green(10) });
    expect(history.route.rollout).toMatchObject({ id: 'walk', phase: { name: 'Progressing', step: 0, since: 1_000 } });
    expect(stepsOf(history)).toEqual([10, 30, 50]);
    expect(walked(history)).toEqual([10, 30, 50, 50]);
  });

  test('that is the old one changes nothing, wherever the walk is', () => {
    const history = fresh();
    history.run(walkTo(green(50), by(10)));
    for (let n = 0; n < 5; n++) {
      expect(history.run(walkTo(green(50), by(10)))).toEqual([]);
      history.run(advanceRollout);
    }
  });

  test('below the present weight is set at once and ends the walk: no rollback', () => {
    for (const goal of [5, 0]) {
      const history = fresh();
      history.run(walkTo(green(50), by(10)));
      history.run(walkTo(green(goal), by(10)));
      expect(history.route).toMatchObject({ active: 'blue', weights: green(goal) });
      expect(history.phase).toBe('Succeeded');
      expect(history.run(rollbackRoute)).toHaveLength(goal > 0 ? 1 : 0);
    }
  });

  test('leaves a pause by hand as it is', () => {
    const history = fresh();
    history.run(walkTo(green(20), by(10)));
    history.run(pauseRollout('Manual'));
    history.run(walkTo(green(30), by(10)));
    expect(history.route.rollout!.phase).toMatchObject({ name: 'Paused', resumeTo: { name: 'Progressing', step: 0 } });
  });

  test('keeps the stages before the first user', () => {
    const warmUp = { requests: 1, maxFailures: 0, prompts: ['Hi'] };
    const history = fresh();
    history.run(startRollout({ rolloutId: 'walk', seed: 's', plan: planWith([10], { warmUp }) }));
    history.run(walkTo(green(20), by(10)));
    expect(history.phase).toBe('Warming');
    expect(stepsOf(history)).toEqual([10, 20]);
    expect(history.route.rollout!.plan.warmUp).toEqual(warmUp);
  });

  test('is refused for an environment that has no part in it, and while it is rolled back', () => {
    const history = new History(routeWith({ blue: 100, green: 0, third: 0 }));
    history.run(walkTo({ blue: 80, green: 20 }, by(10)));
    expect(() => history.run(walkTo({ blue: 80, third: 20 }, by(10)))).toThrow('has no part in it');
    history.run(rollbackRoute);
    expect(() => history.run(walkTo({ blue: 80, green: 20 }, by(10)))).toThrow('is being rolled back');
  });

  test('promoted, it is live like any other', () => {
    const history = fresh();
    history.run(walkTo(green(20), by(10)));
    history.run(promoteRollout);
    expect(history.route).toMatchObject({ active: 'green', weights: green(100) });
  });
});

test('a tiny increment is refused before a list of steps is made', () => {
  expect(() => fresh().run(walkTo(green(100), by(1e-7)))).toThrow(InvalidWeightsError);
  expect(() => fresh().run(walkTo(green(100), by(0.5)))).toThrow('takes 200 steps; a walk has at most 120');
  expect(fresh().run(walkTo(green(50), by(0.5)))).toEqual(['RolloutStarted']);
});

test('weights that do not sum to 100 are refused', () => {
  expect(() => fresh().run(walkTo({ blue: 50, green: 40 }, by(10)))).toThrow('sum to 90');
  expect(() => fresh().run(splitTraffic([]))).toThrow(InvalidWeightsError);
});

test('stairs never rise by more than the increment, and end at their target', () => {
  const weight = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(weight, weight, fc.double({ min: 1, max: 100, noNaN: true }), (a, b, increment) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const steps = stairs(from, to, increment);
      expect(steps.at(-1)).toBeCloseTo(to, 3);
      [from, ...steps].reduce((before, next) => {
        expect(next - before).toBeLessThanOrEqual(increment + 1e-3);
        return next;
      });
    }),
  );
});
