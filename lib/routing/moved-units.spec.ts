import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { anyText } from '../../test/support/any-text.js';
import { setTrafficWeights } from '../domain/route-commands.js';
import { rollbackRoute } from '../domain/rollback-commands.js';
import { promoteRollout, startRollout } from '../domain/rollout-commands.js';
import { advanceRollout } from '../domain/stage-commands.js';
import type { State } from '../domain/state.js';
import { normalizeWeights, type Weights } from '../domain/weights.js';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { murmur3 } from './hash.js';
import { LiveRouteTable } from './live-route-table.js';
import { RouteTable } from './route-table.js';
import { TrafficSplitter } from './traffic-splitter.js';

const KEYS = Array.from({ length: 300 }, (_, index) => `visitor-${index}`);
const LOTS = { numRuns: 60 };

type Placement = ReadonlyMap<string, string>;

function placementOf(table: RouteTable): Placement {
  const live = new LiveRouteTable();
  live.swap(table);
  const splitter = new TrafficSplitter(live, () => 0);
  return new Map(KEYS.map((key) => [key, splitter.assign('chat', { key }).environment]));
}

const place = (state: State): Placement => placementOf(RouteTable.from(state));

/** Every move between the two as `from→to`. */
function moves(before: Placement, after: Placement): string[] {
  const moved = KEYS.filter((key) => before.get(key) !== after.get(key));
  return [...new Set(moved.map((key) => `${before.get(key)}→${after.get(key)}`))];
}

/** Where each key's hash lies in [0, 1): it depends on the seed, not on the weights. */
function unitsOf(state: State): number[] {
  const { seed } = RouteTable.from(state).get('chat');
  return KEYS.map((key) => murmur3(key, seed) / 2 ** 32);
}

const percent = fc.double({ min: 0, max: 100, noNaN: true });
const rising = fc.array(percent, { minLength: 2, maxLength: 6 }).map((steps) => steps.toSorted((a, b) => a - b));
/** Every order of the three: who comes first in the configuration must not matter. */
const thirdPlaced = fc.record({
  share: fc.integer({ min: 0, max: 90 }),
  order: fc.shuffledSubarray(['blue', 'green', 'third'], { minLength: 3, maxLength: 3 }),
  fallback: fc.constantFrom<string[]>([], ['third']),
});

/** One of the three was tried and is live; then each of the others got a share by hand. */
const splitByHand = fc.record({
  layout: thirdPlaced,
  names: fc
    .shuffledSubarray(['blue', 'green', 'third'], { minLength: 3, maxLength: 3 })
    .filter(([live]) => live !== 'blue'),
  shares: fc.record({ to: fc.double({ min: 0.1, max: 45, noNaN: true }), other: fc.integer({ min: 0, max: 45 }) }),
});

function threeWay({ share, order, fallback }: { share: number; order: string[]; fallback: string[] }): History {
  const weights: Weights = { blue: 100 - share, green: 0, third: share };
  const ordered = Object.fromEntries(order.map((name) => [name, weights[name]!]));
  return new History(routeWith(ordered, { active: 'blue', fallback }));
}

describe('A rollout', () => {
  test('that raises the weight takes units from blue, never one from green, and none of a third environment', () => {
    fc.assert(
      fc.property(rising, anyText, thirdPlaced, (steps, text, layout) => {
        const history = threeWay(layout);
        history.run(startRollout({ rolloutId: 'r', plan: planWith(steps), seed: text, to: 'green' }));
        for (let left = steps.length + 1; left > 0; left--) {
          const before = place(history.state);
          history.run(advanceRollout);
          expect(['', 'blue→green']).toContain(moves(before, place(history.state)).join());
        }
        expect(history.phase).toBe('Succeeded');
      }),
      LOTS,
    );
  });

  test('moves exactly the units between the old share and the new one', () => {
    fc.assert(
      fc.property(rising, anyText, (steps, text) => {
        const history = History.rolling(routeWith({ blue: 100, green: 0 }), planWith(steps), text);
        const units = unitsOf(history.state);
        for (const setWeight of steps) {
          const expected = units.map((unit) => (unit < setWeight / 100 ? 'green' : 'blue'));
          expect([...place(history.state).values()]).toEqual(expected);
          history.run(advanceRollout);
        }
      }),
      LOTS,
    );
  });

  test('that is promoted early moves the rest of blue and nobody else', () => {
    fc.assert(
      fc.property(percent, anyText, thirdPlaced, (step, text, layout) => {
        const history = threeWay(layout);
        history.run(startRollout({ rolloutId: 'r', plan: planWith([step]), seed: text, to: 'green' }));
        const before = place(history.state);
        history.run(promoteRollout);
        const after = place(history.state);
        expect(['', 'blue→green']).toContain(moves(before, after).join());
        expect([...after.values()]).not.toContain('blue');
      }),
      LOTS,
    );
  });

  test('that begins where people have set a share takes nobody back, whoever was tried before', () => {
    fc.assert(
      fc.property(splitByHand, rising, ({ layout, names: [live, to, other], shares }, walk) => {
        const history = threeWay({ ...layout, share: 0 });
        history.run(startRollout({ rolloutId: 'a', plan: planWith([5]), seed: 'a', to: live! }));
        history.run(promoteRollout);
        const rest = 100 - shares.to - shares.other;
        history.run(setTrafficWeights({ [to!]: shares.to, [other!]: shares.other, [live!]: rest }));
        const steps = walk.map((step) => Math.max(step, shares.to));
        const start = startRollout({ rolloutId: 'b', plan: planWith(steps), seed: 'b', to: to!, keepSeed: true });
        for (const command of [start, ...steps.map(() => advanceRollout), promoteRollout]) {
          const before = place(history.state);
          history.run(command);
          const moved = moves(before, place(history.state));
          // Who gives and who stands by may trade places once, so that every later rise moves nobody but the giver's.
          const mayTrade = command === start ? [`${live}→${other}`, `${other}→${live}`, `${other}→${to}`] : [];
          expect([`${live}→${to}`, ...mayTrade]).toEqual(expect.arrayContaining(moved));
        }
      }),
      LOTS,
    );
  });

  test.each([
    ['while it runs', false],
    ['after its success', true],
  ])('that is rolled back %s gives green’s units to blue and moves nobody else', (_when, promoted) => {
    fc.assert(
      fc.property(percent, anyText, thirdPlaced, (step, text, layout) => {
        const history = threeWay(layout);
        history.run(startRollout({ rolloutId: 'r', plan: planWith([step]), seed: text, to: 'green' }));
        if (promoted) history.run(promoteRollout);
        const before = place(history.state);
        history.run(rollbackRoute);
        const after = place(history.state);
        expect(['', 'green→blue']).toContain(moves(before, after).join());
        expect([...after.values()]).not.toContain('green');
      }),
      LOTS,
    );
  });
});

describe('Weights set by hand', () => {
  test('move units towards the environment that grew, and only those', () => {
    fc.assert(
      fc.property(fc.array(percent, { minLength: 2, maxLength: 8 }), (walk) => {
        const history = new History(routeWith({ blue: 100, green: 0 }));
        for (const green of walk) {
          const was = history.route.weights['green']!;
          const before = place(history.state);
          history.run(setTrafficWeights({ blue: 100 - green, green }));
          const direction = green > was ? 'blue→green' : 'green→blue';
          expect(['', direction]).toContain(moves(before, place(history.state)).join());
        }
      }),
      LOTS,
    );
  });

  test('trade between blue and green without moving a third environment, whichever is the active one', () => {
    const split = fc.integer({ min: 0, max: 10 });
    fc.assert(
      fc.property(split, split, thirdPlaced, (one, other, layout) => {
        fc.pre(layout.share > 0);
        const history = threeWay({ ...layout, fallback: ['third'] });
        const trade = (part: number) => {
          const rest = 100 - layout.share;
          const green = (rest * part) / 10;
          history.run(setTrafficWeights({ blue: rest - green, green, third: layout.share }));
          return place(history.state);
        };
        const direction = other > one ? 'blue→green' : 'green→blue';
        expect(['', direction]).toContain(moves(trade(one), trade(other)).join());
      }),
      LOTS,
    );
  });

  test('lowered again put every unit back where it was', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 99, noNaN: true }),
        fc.double({ min: 0, max: 99, noNaN: true }),
        (one, other) => {
          const [low, high] = [Math.min(one, other), Math.max(one, other)];
          const history = new History(routeWith({ blue: 100, green: 0 }));
          history.run(setTrafficWeights({ blue: 100 - low, green: low }));
          const before = place(history.state);
          history.run(setTrafficWeights({ blue: 100 - high, green: high }));
          history.run(setTrafficWeights({ blue: 100 - low, green: low }));
          expect(place(history.state)).toEqual(before);
        },
      ),
      LOTS,
    );
  });
});

describe('Two replicas with the same state', () => {
  test('assign alike, one that followed every change and one that read the journal as text', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(percent, percent, percent), { minLength: 1, maxLength: 5 }), (walk) => {
        const history = new History(routeWith({ blue: 100, green: 0, third: 0 }));
        let followed = { state: history.state, table: RouteTable.from(history.state) };
        for (const [blue, green, third] of walk) {
          history.run(setTrafficWeights(normalizeWeights({ blue: blue + 1, green, third })));
          followed = { state: history.state, table: RouteTable.from(history.state, followed) };
        }
        const late = History.replay(JSON.parse(JSON.stringify(history.entries)));
        expect(place(late)).toEqual(placementOf(followed.table));
      }),
      LOTS,
    );
  });
});
