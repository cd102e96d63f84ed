import { describe, expect, test } from '@jest/globals';
import type { JournalEntry } from 'nestjs-blue-green';
import type { History, PlacementRecord } from '../history.js';
import { budgets } from './budgets.js';
import { call, goodHistory, placement } from './good-history.js';
import { rollbacks } from './rollbacks.js';
import { steps } from './steps.js';
import { stickiness } from './stickiness.js';

const good = goodHistory();
const containing = (what: string) => [expect.stringContaining(what)];

const seen = (one: PlacementRecord, away: History['away'] = []) =>
  rollbacks({ ...good, placements: [one], away }).violations;
/** On green by the weights of revision 3; its rollback is known at 5,000, and everywhere at 5,500. */
const onGreenAt = (at: number) => placement('x', 'green', 3, { at });

const billed = (count: number, rest: Partial<History> = {}) => {
  const bills = Array.from({ length: count }, (_, n) => ({ id: 'one', at: 2_200 + n, amount: 1 }));
  return budgets({ ...good, budget: { route: 'chat', limit: 2, booked: count }, bills, ...rest }).violations;
};
const killedAt = (to: number, away: History['away'] = []) =>
  billed(3, { lives: [{ replica: 'a', life: 'a1', from: 0, to }], away });

const units = (...placements: readonly PlacementRecord[]) => {
  const calls = placements.map(({ requestId }) => call(requestId, 'ada'));
  return stickiness({ ...good, calls, placements }).violations;
};

describe('No step twice', () => {
  const ids = { rolloutId: 'r1', route: 'chat', at: 0, actor: 'system', reason: '', evidence: [], revision: 0 };
  const weights = { blue: 70, green: 30 };
  const after = (count: number, ...more: readonly object[]) =>
    steps({
      ...good,
      entries: [
        ...good.entries.slice(0, count),
        ...more.map((one) => ({ ...ids, weights, ...one }) as unknown as JournalEntry),
      ],
    }).violations;

  test.each<[string, readonly string[], string]>([
    ['a step entered twice', after(3, { type: 'StepEntered', step: 1 }), 'step 1 behind step 1'],
    ['a step left out', after(2, { type: 'StepEntered', step: 2 }), 'step 2 behind step 0'],
    ['a step behind a rollback', after(5, { type: 'StepEntered', step: 2 }), 'not walking'],
    ['a second bake', after(3, { type: 'BakeStarted' }, { type: 'BakeStarted' }), 'not walking'],
    ['a success behind a rollback', after(4, { type: 'RolloutSucceeded' }), 'not coming to it'],
    ['a rollback that was never begun', after(3, { type: 'RolledBack' }), 'not coming to it'],
    ['a rollback begun twice', after(4, { type: 'RolloutAborted' }), 'already'],
    ['a second rollout beside the first', after(3, { type: 'RolloutStarted', rolloutId: 'r2' }), 'still running'],
    ['a rollout started twice', after(5, { type: 'RolloutStarted' }), 'has started before'],
  ])('%s is a violation', (_what, violations, why) => {
    expect(violations).toEqual(containing(why));
  });

  test('the return after a success is none', () => {
    const walk = ['BakeStarted', 'RolloutSucceeded', 'RolloutAborted', 'RolledBack'];
    expect(after(3, ...walk.map((type) => ({ type })))).toEqual([]);
  });
});

describe('Nobody is on an environment after its rollback', () => {
  test('who is placed by old weights too long after it is a violation', () => {
    expect(seen(onGreenAt(5_400))).toEqual([]);
    expect(seen(onGreenAt(5_600))).toEqual(containing('600 ms behind revision 4'));
  });

  test('who is placed where the weights have nothing is a violation at any time', () => {
    expect(seen(placement('x', 'green', 4, { at: 4_001 }))).toEqual(containing('has no share since revision 4'));
    expect(seen(placement('x', 'fallback', 2))).toEqual(containing('has no share since revision 2'));
  });

  test('a replica that is cut off may go on until it has had time to find back', () => {
    const away = [{ replica: 'a', from: 4_500, to: 6_000 }];
    expect(seen(onGreenAt(6_900), away)).toEqual([]);
    expect(seen(onGreenAt(7_100), away)).toEqual(containing('behind revision 4'));
    expect(seen(onGreenAt(6_900), [{ ...away[0]!, replica: 'b' }])).toEqual(containing('behind revision 4'));
  });

  test('a replica that is cut off for longer than it may be stale has to stop by itself', () => {
    const away = [{ replica: 'a', from: 4_500, to: 60_000 }];
    expect(seen(onGreenAt(11_400), away)).toEqual([]);
    expect(seen(onGreenAt(11_600), away)).toEqual(containing('behind revision 4'));
  });

  test('of an environment that the replica never knew to be on trial it cannot know', () => {
    const away = [{ replica: 'a', from: 1_500, to: 60_000 }];
    const entries = good.entries.map((entry) =>
      entry.type === 'RouteConfigured' ? { ...entry, weights: { blue: 40, green: 60, fallback: 0 } } : entry,
    );
    const early = (at: number) =>
      rollbacks({ ...good, entries, away, placements: [placement('x', 'green', 1, { at })] }).violations;
    expect(early(60_900)).toEqual([]);
    expect(early(61_100)).toEqual(containing('behind revision 4'));
  });

  test('disturbances that follow one another closely are one', () => {
    const away = [4_500, 6_500, 8_500].map((from) => ({ replica: 'a', from, to: from + 1_500 }));
    expect(seen(onGreenAt(10_900), away)).toEqual([]);
    expect(seen(onGreenAt(11_100), away)).toEqual(containing('behind revision 4'));
  });
});

describe('Budgets', () => {
  test('that more is billed than they allow is a violation', () => {
    expect(billed(2)).toEqual([]);
    expect(billed(3)).toEqual(containing('$3.0000 billed of $2'));
  });

  test('that less is booked than was billed is a violation', () => {
    expect(billed(2, { budget: { route: 'chat', limit: 2, booked: 1 } })).toEqual(containing('$1.0000 are booked'));
  });

  test('what a killed process could not book any more is left out, what it could is not', () => {
    expect(killedAt(2_250)).toEqual([]);
    expect(killedAt(2_400)).toEqual(containing('billed of $2'));
    expect(killedAt(2_400, [{ replica: 'a', from: 2_150, to: 2_350 }])).toEqual([]);
  });
});

describe('Sticky units', () => {
  test('on the canary stay there as it grows', () => {
    expect(units(placement('x', 'blue', 2), placement('y', 'green', 3))).toEqual([]);
    expect(units(placement('x', 'green', 2), placement('y', 'blue', 3))).toEqual(containing('ada'));
  });

  test('are in the same place on every replica under the same weights', () => {
    const elsewhere = placement('y', 'blue', 2, { replica: 'b', life: 'b1' });
    expect(units(placement('x', 'green', 2), elsewhere)).toEqual(containing('at 10% and off it at 10%'));
  });

  test('were another seed to hold, may be anywhere', () => {
    expect(units(placement('x', 'green', 2), placement('y', 'blue', 1))).toEqual([]);
  });
});
