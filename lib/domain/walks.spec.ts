import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Command } from './command.js';
import { setTrafficWeights, shiftTraffic } from './route-commands.js';
import { rollbackRoute, rollbackTarget } from './rollback-commands.js';
import { confirmRollback, promoteRollout, startRollout } from './rollout-commands.js';
import { advanceRollout } from './stage-commands.js';
import { approveStep, pauseRollout, resumeRollout } from './pause-commands.js';
import { RolloutStateError } from './errors.js';
import { runningRollout } from './state.js';
import { normalizeWeights, sumOf, weightsProblem, weightOf } from './weights.js';
import { History, planWith, routeWith } from '../../test/support/history.js';

const percent = fc.double({ min: 0, max: 100, noNaN: true });
const environment = fc.constantFrom('blue', 'green', 'third');

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.constantFrom(
    pauseRollout('Manual'),
    pauseRollout('AwaitingApproval'),
    resumeRollout,
    approveStep,
    advanceRollout,
    promoteRollout,
    rollbackRoute,
    confirmRollback,
  ),
  fc
    .record({
      rolloutId: fc.uuid(),
      seed: fc.string(),
      to: fc.option(environment, { nil: undefined }),
      plan: fc.array(percent, { minLength: 1, maxLength: 4 }).map((weights) => planWith(weights)),
    })
    .map(startRollout),
  fc
    .tuple(percent, percent, percent)
    .map(([blue, green, third]) => setTrafficWeights(normalizeWeights({ blue: blue + 1, green, third }))),
  fc
    .constantFrom({ blue: 100 }, { green: 100 }, { third: 100 }, { blue: 60.005, green: 40.005 })
    .map(setTrafficWeights),
  fc.tuple(environment, fc.double({ min: 0.001, max: 100, noNaN: true })).map(([name, by]) => shiftTraffic(name, by)),
);

const commands = fc.array(command, { maxLength: 40 });
const RUNS = { numRuns: 300 };

/** Runs a command as people do: one that the state does not allow is refused and changes nothing. */
function attempt(history: History, next: Command, at: number): void {
  const before = history.state;
  try {
    history.run(next, at);
  } catch (error) {
    expect(error).toBeInstanceOf(RolloutStateError);
    expect(history.state).toBe(before);
  }
}

function walked(walk: readonly Command[]): History {
  const history = new History(routeWith({ blue: 90, green: 0, third: 10 }));
  walk.forEach((next, index) => attempt(history, next, index));
  return history;
}

describe('After every command of any sequence', () => {
  test('the weights can be routed by and sum to 100', () => {
    fc.assert(
      fc.property(commands, (walk) => {
        const history = new History(routeWith({ blue: 90, green: 0, third: 10 }));
        for (const [index, next] of walk.entries()) {
          attempt(history, next, index);
          const { weights } = history.route;
          expect(weightsProblem(weights)).toBeUndefined();
          expect(Math.abs(sumOf(weights) - 100)).toBeLessThanOrEqual(0.01 + 1e-9);
          expect(Object.keys(weights)).toEqual(['blue', 'green', 'third']);
        }
      }),
      RUNS,
    );
  });

  test('the active environment takes traffic, unless a rollout is taking it over', () => {
    fc.assert(
      fc.property(commands, (walk) => {
        const history = new History(routeWith({ blue: 90, green: 0, third: 10 }));
        for (const [index, next] of walk.entries()) {
          attempt(history, next, index);
          const { route } = history;
          if (!runningRollout(route)) expect(route.weights[route.active]).toBeGreaterThan(0);
        }
      }),
      RUNS,
    );
  });

  test('a fold of the same entries is the same state, also of entries that were written down and read', () => {
    fc.assert(
      fc.property(commands, (walk) => {
        const { entries, state } = walked(walk);
        expect(History.replay(entries)).toEqual(state);
        expect(History.replay(JSON.parse(JSON.stringify(entries)))).toEqual(state);
      }),
      RUNS,
    );
  });
});

describe('A rollback', () => {
  test('from any state leaves traffic to the live one alone, beside a third environment’s own, and twice is once', () => {
    fc.assert(
      fc.property(commands, (walk) => {
        const history = walked(walk);
        const wasOffered = rollbackTarget(history.route);
        const { state } = history;
        // A rollout is between two environments: others keep what they have beside it.
        const { rollout, weights: before } = history.route;
        const kept = (name: string): number => {
          const own = name === 'third' ? 10 : 0;
          return rollout && name !== rollout.from && name !== rollout.to ? Math.max(own, weightOf(before, name)) : own;
        };
        for (const next of [rollbackRoute, confirmRollback]) {
          history.run(next);
          const { weights, active, standby } = history.route;
          for (const [name, weight] of Object.entries(weights)) {
            if (name !== active) expect(weight).toBeLessThanOrEqual(kept(name));
          }
          expect(standby).toBeUndefined();
          if (wasOffered !== undefined) expect(active).toBe(wasOffered);
          expect(history.run(rollbackRoute)).toEqual([]);
        }
        expect(runningRollout(history.route)).toBeUndefined();
        expect(rollbackTarget(history.route)).toBeUndefined();
        expect(history.run(confirmRollback)).toEqual([]);
        expect(history.state === state).toBe(wasOffered === undefined);
      }),
      RUNS,
    );
  });

  test('leaves a third environment’s share alone', () => {
    fc.assert(
      fc.property(percent, fc.boolean(), (step, promoted) => {
        const history = History.rolling(routeWith({ blue: 60, green: 0, third: 40 }), planWith([step]));
        if (promoted) history.run(promoteRollout);
        history.run(rollbackRoute);
        expect(history.route.weights).toEqual({ blue: 60, green: 0, third: 40 });
      }),
    );
  });

  test('is the immediate return to the environment that stands by, after a success', () => {
    const history = History.rolling(routeWith({ blue: 100, green: 0 }));
    history.run(promoteRollout, 1_000);
    history.run(rollbackRoute, 2_000);
    expect(history.route).toMatchObject({ active: 'blue', weights: { blue: 100, green: 0 }, lastSwitchAt: 2_000 });
    expect(history.phase).toBe('Aborting');
    history.run(confirmRollback);
    expect(history.phase).toBe('RolledBack');
  });

  test('takes back what was sent to the environment by hand after an earlier rollback', () => {
    const history = History.rolling(routeWith({ blue: 100, green: 0 }));
    for (const next of [rollbackRoute, confirmRollback, setTrafficWeights({ green: 100 })]) history.run(next);
    expect(history.run(rollbackRoute)).toEqual(['WeightsSet']);
    expect(history.route).toMatchObject({ active: 'blue', weights: { blue: 100, green: 0 } });
  });

  test('does nothing where no traffic was ever moved', () => {
    expect(new History(routeWith({ blue: 100, green: 0 })).run(rollbackRoute)).toEqual([]);
  });
});
