import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { History } from '../../test/support/history.js';
import { walks, type Action } from '../../test/support/rollout-walks.js';
import { isByPerson, RolloutWorld, type Ticked } from '../../test/support/rollout-world.js';
import type { JournalEntry } from './events.js';
import type { RolloutPlan } from './plan.js';
import { rollbackRoute } from './rollback-commands.js';

const RUNS = { numRuns: 1_000 };

/** Runs a walk and shows each tick, with the world behind it, to `check`. */
function walk(
  [how, actions]: readonly [RolloutPlan, readonly Action[]],
  check: (t: Ticked, world: RolloutWorld) => void,
) {
  const world = new RolloutWorld(how);
  for (const act of actions) {
    const ticked = act(world);
    if (ticked) check(ticked, world);
  }
  return world;
}

const lastOf = (how: RolloutPlan) => how.steps.length - 1;

test('a tick made twice, or on two replicas, has the outcome of one', () => {
  fc.assert(
    fc.property(walks, (drawn) => {
      walk(drawn, (_ticked, world) => {
        const once = world.history.state;
        if (world.phase.name === 'Aborting') return;
        world.tick();
        expect(world.history.state).toBe(once);
      });
    }),
    RUNS,
  );
});

test('a tick leads over one stage at most, and never over an approval, a closed window, or a pause by hand', () => {
  const seen = { advanced: 0, approved: 0 };
  fc.assert(
    fc.property(walks, (drawn) => {
      const [how] = drawn;
      walk(drawn, ({ at, before, decision, events }) => {
        if (decision.action !== 'advance') return;
        seen.advanced++;
        expect(events).toHaveLength(1);
        if (before.name === 'Paused') expect(isByPerson(before.reason)).toBe(false);
        const stage = before.name === 'Paused' ? before.resumeTo : before;
        if (stage.name !== 'Progressing') return;
        const { requiresApproval, windows } = how.steps[stage.step]!.holdConditions;
        if (requiresApproval) {
          expect(stage.approved).toBe(true);
          seen.approved++;
        }
        if (windows) expect(new Date(at).getUTCHours() % 2).toBe(0);
      });
    }),
    RUNS,
  );
  expect(Math.min(seen.advanced, seen.approved)).toBeGreaterThan(0);
});

test('nothing but data leads on: a request under the current weights, or a pair that was compared', () => {
  fc.assert(
    fc.property(walks, (drawn) => {
      walk(drawn, ({ before, decision, canaryInSegment, compared }) => {
        if (decision.action !== 'advance') return;
        const stage = before.name === 'Paused' ? before.resumeTo : before;
        expect(stage.name).not.toBe('Warming');
        expect(stage.name === 'Shadowing' ? compared : canaryInSegment).toBeGreaterThan(0);
        expect(decision.gates.some(({ verdict }) => verdict === 'fail' || verdict === 'error')).toBe(false);
      });
    }),
    RUNS,
  );
});

test('no stage is left before its time, counted without pauses from when it began', () => {
  fc.assert(
    fc.property(walks, (drawn) => {
      const [how] = drawn;
      walk(drawn, ({ at, before, decision }) => {
        if (decision.action !== 'advance') return;
        const paused = before.name === 'Paused' ? before : undefined;
        const stage = before.name === 'Paused' ? before.resumeTo : before;
        const lasted = (paused?.since ?? at) - stage.since;
        const least =
          stage.name === 'Progressing'
            ? how.steps[stage.step]!.duration
            : stage.name === 'Baking'
              ? how.finalBakeTime
              : how.shadow!.duration;
        expect(lasted).toBeGreaterThanOrEqual(least);
      });
    }),
    RUNS,
  );
});

test('what reverts is read in every state: no pause, window or approval keeps it waiting, and an outage of both is none', () => {
  const seen = { reverted: 0, shared: 0 };
  fc.assert(
    fc.property(walks, (drawn) => {
      walk(drawn, ({ decision }, world) => {
        const [errors] = decision.gates;
        const fails = errors!.verdict === 'fail' && !errors!.shared;
        if (fails) {
          seen.reverted++;
          expect(decision.action).toBe('rollback');
          expect(world.share).toBe(0);
        }
        if (errors!.shared && decision.action !== 'rollback') {
          seen.shared++;
          expect(decision.action).not.toBe('advance');
        }
      });
    }),
    RUNS,
  );
  expect(Math.min(seen.reverted, seen.shared)).toBeGreaterThan(0);
});

test('an abort from wherever a walk has led leaves nothing for green, once and for all, and the journal tells the same', () => {
  fc.assert(
    fc.property(walks, (drawn) => {
      const world = walk(drawn, () => undefined);
      world.command(rollbackRoute);
      expect(world.share).toBe(0);
      const aborted = world.history.state;
      for (const again of [rollbackRoute, rollbackRoute]) world.command(again);
      expect(world.history.state).toBe(aborted);
      if (world.phase.name === 'Aborting') world.tick();
      expect(world.phase.name).toBe('RolledBack');
      const written: unknown = JSON.parse(JSON.stringify(world.history.entries));
      expect(JSON.stringify([...History.replay(written as JournalEntry[]).routes])).toBe(
        JSON.stringify([...world.history.state.routes]),
      );
    }),
    RUNS,
  );
});

test('green has no share while it is warmed up or mirrored to, and a changed version begins all over', () => {
  fc.assert(
    fc.property(walks, (drawn) => {
      const [how, actions] = drawn;
      const world = new RolloutWorld(how);
      for (const act of actions) {
        act(world);
        const { phase } = world;
        const stage = phase.name === 'Paused' ? phase.resumeTo : phase;
        if (stage.name === 'Warming' || stage.name === 'Shadowing') expect(world.share).toBe(0);
        if (stage.name === 'Progressing') {
          expect(stage.step).toBeLessThanOrEqual(lastOf(how));
          expect(world.share).toBe(how.steps[stage.step]!.setWeight);
        }
      }
      const { name } = world.phase;
      world.changeVersion();
      if (['Aborting', 'RolledBack', 'Succeeded'].includes(name)) return;
      const begun = world.phase.name === 'Paused' ? world.phase.resumeTo : world.phase;
      expect(begun.name).toBe(how.warmUp ? 'Warming' : how.shadow ? 'Shadowing' : 'Progressing');
    }),
    RUNS,
  );
});
