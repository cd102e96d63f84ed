import { describe, expect, test } from '@jest/globals';
import { array, assert, constantFrom, integer, property, tuple } from 'fast-check';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { startRollout } from './rollout-commands.js';
import { splitTraffic } from './traffic-rules.js';

const version = (tag: string) => ({ tag, model: `model-${tag}` });
const rule = (tag: string, weight: number) => ({ version: version(tag), weight });
const named = (environment: string, weight: number) => ({ ...rule('any', weight), environment });
const DEFINITION = routeWith({ blue: 100, green: 0, spare: 0 });
const tags = ({ route }: History) =>
  Object.fromEntries(Object.entries(route.environments).map(([name, slot]) => [name, slot.version.tag]));

/** Green holds what blue holds, at another provider. */
const twins = () => {
  const { environments, ...rest } = DEFINITION;
  const green = {
    ...environments['green']!,
    version: { ...environments['blue']!.version, upstream: 'chat/green' },
  };
  return new History({ ...rest, environments: { ...environments, green } });
};

describe('a split by versions', () => {
  test('gives new versions slots: the heaviest the live one, the other the idle one', () => {
    const history = new History(DEFINITION);
    history.run(splitTraffic([rule('v1', 95), rule('v2', 5)]));
    expect(tags(history)).toMatchObject({ blue: 'v1', green: 'v2' });
    expect(history.route).toMatchObject({ weights: { blue: 95, green: 5, spare: 0 }, active: 'blue' });
  });

  test('leaves a version in its slot when the weights move on', () => {
    const history = new History(DEFINITION);
    history.run(splitTraffic([rule('v1', 95), rule('v2', 5)]));
    expect(history.run(splitTraffic([rule('v2', 50), rule('v1', 50)]))).toEqual(['WeightsSet']);
    history.run(splitTraffic([rule('v2', 100)]));
    expect(history.route).toMatchObject({ weights: { blue: 0, green: 100 }, active: 'green' });
  });

  test('puts a third version where nobody is, and keeps the live one standing by', () => {
    const history = new History(DEFINITION);
    history.run(splitTraffic([rule('v1', 100)]));
    history.run(splitTraffic([rule('v2', 100)]));
    history.run(splitTraffic([rule('v3', 10), rule('v2', 90)]));
    expect(Object.values(tags(history))).toEqual(expect.arrayContaining(['v2', 'v3']));
  });

  test('gives the live slot away last, though it has less traffic', () => {
    const history = new History(routeWith({ blue: 30, green: 70 }, { active: 'blue' }));
    history.run(splitTraffic([rule('v1', 100)]));
    expect(tags(history)).toEqual({ blue: 'blue-1', green: 'v1' });
    const bare = new History({ ...routeWith({ green: 0, blue: 0 }), weights: { green: 100 }, active: 'green' });
    bare.run(splitTraffic([rule('v1', 100)]));
    expect(tags(bare)).toEqual({ green: 'green-1', blue: 'v1' });
  });

  test('never takes a fallback for a slot, and says how many there are', () => {
    const history = new History(DEFINITION);
    expect(() => history.run(splitTraffic([rule('a', 40), rule('b', 30), rule('c', 30)]))).toThrow(
      'has 2 slots (blue, green) for 3 versions',
    );
  });

  describe('where two slots hold one version', () => {
    test('gives what is meant for a slot by its name to that slot', () => {
      const history = twins();
      expect(history.run(splitTraffic([named('blue', 90), named('green', 10)]))).toEqual(['WeightsSet']);
      expect(history.route.weights).toEqual({ blue: 90, green: 10, spare: 0 });
      history.run(splitTraffic([named('green', 100)]));
      expect(history.route).toMatchObject({ active: 'green', weights: { blue: 0, green: 100 } });
    });

    test('takes the tag for the live slot, and for the other one where that is named beside it', () => {
      const history = twins();
      history.run(splitTraffic([named('green', 100)]));
      expect(history.run(splitTraffic([rule('blue-1', 100)]))).toEqual([]);
      history.run(splitTraffic([named('green', 70), rule('blue-1', 30)]));
      expect(history.route.weights).toEqual({ blue: 30, green: 70, spare: 0 });
    });

    test('takes a rollout back only when its own slot is to have everything', () => {
      const history = twins();
      history.run(startRollout({ rolloutId: 'r1', plan: planWith([50]), seed: 's' }));
      expect(() => history.run(splitTraffic([named('green', 100)]))).toThrow('is running');
      expect(history.run(splitTraffic([named('blue', 100)]))).toEqual(['RolloutAborted']);
    });
  });

  test('refuses two weights for one slot, whatever they sum to', () => {
    for (const weight of [40, 100]) {
      const split = splitTraffic([named('blue', 60), rule('blue-1', weight)]);
      expect(() => new History(DEFINITION).run(split)).toThrow(
        expect.objectContaining({
          code: 'invalid_weights',
          sum: 60 + weight,
          message: expect.stringMatching(/"blue" and "blue-1"/),
        }),
      );
    }
  });

  test('knows the environments of the route alone', () => {
    expect(() => new History(DEFINITION).run(splitTraffic([named('constructor', 100)]))).toThrow('no environment');
  });

  test('names the sum of weights that are wrong', () => {
    expect(() => new History(DEFINITION).run(splitTraffic([rule('v1', 60), rule('v2', 30)]))).toThrow('sum to 90');
  });

  test('during a rollout is refused, but for its rollback', () => {
    const history = History.rolling(DEFINITION);
    expect(() => history.run(splitTraffic([rule('blue-1', 50), rule('green-1', 50)]))).toThrow('is running');
    expect(history.run(splitTraffic([rule('blue-1', 100)]))).toEqual(['RolloutAborted']);
  });

  test('that takes a rollout back has to sum to 100 too', () => {
    const history = History.rolling(DEFINITION);
    expect(() => history.run(splitTraffic([rule('blue-1', 100), rule('green-1', 50)]))).toThrow('sum to 150');
  });

  test('of any two versions, again and again, sums to 100 and moves no version out of its slot for nothing', () => {
    const split = tuple(constantFrom('a', 'b', 'c'), constantFrom('d', 'e'), integer({ min: 0, max: 100 }));
    assert(
      property(array(split, { minLength: 1, maxLength: 10 }), (splits) => {
        const history = new History(DEFINITION);
        for (const [first, second, weight] of splits) {
          const before = tags(history);
          history.run(splitTraffic([rule(first, weight), rule(second, 100 - weight)]));
          const after = tags(history);
          for (const [slot, tag] of Object.entries(before)) {
            if (tag === first || tag === second) expect(after[slot]).toBe(tag);
          }
          expect(Object.values(history.route.weights).reduce((sum, value) => sum + value, 0)).toBe(100);
        }
      }),
    );
  });
});
