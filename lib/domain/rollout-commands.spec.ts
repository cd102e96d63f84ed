import { describe, expect, test } from '@jest/globals';
import { configureRoute } from './route-commands.js';
import { rollbackRoute } from './rollback-commands.js';
import { confirmRollback, promoteRollout, startRollout } from './rollout-commands.js';
import { advanceRollout } from './stage-commands.js';
import { approveStep, pauseRollout, resumeRollout } from './pause-commands.js';
import { RolloutStateError, UnknownEnvironmentError } from './errors.js';
import type { Weights } from './weights.js';
import { History, planWith, routeWith } from '../../test/support/history.js';

const BLUE_LIVE = routeWith({ blue: 100, green: 0 });
const start = (to?: string) => startRollout({ rolloutId: 'r2', plan: planWith([5, 50]), seed: 'other', to });

function succeeded(): History {
  const history = History.rolling(BLUE_LIVE);
  history.run(promoteRollout);
  return history;
}

/** The route's seed after a rollout has begun under these weights. */
function seedAfter(weights: Weights, keepSeed?: boolean): string {
  const history = new History(routeWith(weights));
  history.run(startRollout({ rolloutId: 'r', plan: planWith([50]), seed: 'fresh', keepSeed }));
  return history.route.seed;
}

describe('Starting', () => {
  test('gives the idle environment the first step’s weight', () => {
    const history = new History(BLUE_LIVE);
    expect(history.run(start())).toEqual(['RolloutStarted']);
    expect(history.route.weights).toEqual({ blue: 95, green: 5 });
    expect(history.route.rollout).toMatchObject({ from: 'blue', to: 'green', phase: { name: 'Progressing', step: 0 } });
  });

  test('goes the other way after a success: colours are slots, not roles', () => {
    const history = succeeded();
    history.run(start());
    expect(history.route.rollout).toMatchObject({ from: 'green', to: 'blue' });
    expect(history.route.weights).toEqual({ blue: 5, green: 95 });
  });

  test('never picks a fallback by itself, and tries one that is named', () => {
    const history = new History(routeWith({ spare: 0, blue: 100, green: 0 }));
    history.run(start());
    expect(history.route.rollout?.to).toBe('green');
    const named = new History(routeWith({ spare: 0, blue: 100, green: 0 }));
    named.run(start('spare'));
    expect(named.route.rollout?.to).toBe('spare');
  });

  test('says of an environment that its name has made a fallback how it can be tried', () => {
    const { route } = new History(routeWith({ stable: 90, candidate: 10 }));
    const start2 = (): unknown => start()(route);
    expect(start2).toThrow('"candidate" is a fallback, as is every environment not named blue or green');
    expect(start2).toThrow(expect.objectContaining({ remedy: expect.stringContaining('to: "candidate"') }));
  });

  test('keeps the seed where the environment has traffic already, unless one is asked for', () => {
    expect(seedAfter({ blue: 90, green: 10 }, true)).toBe('chat');
    expect(seedAfter({ blue: 100, green: 0 }, true)).toBe('fresh');
    expect(seedAfter({ blue: 90, green: 10 })).toBe('fresh');
  });

  test('is refused while a rollout runs, also while one is being rolled back', () => {
    const history = History.rolling(BLUE_LIVE);
    expect(() => history.run(start())).toThrow(RolloutStateError);
    history.run(rollbackRoute);
    expect(() => history.run(start())).toThrow(RolloutStateError);
    history.run(confirmRollback);
    expect(history.run(start())).toEqual(['RolloutStarted']);
  });

  test.each([
    ['the active environment', 'blue', RolloutStateError],
    ['an environment that does not exist', 'red', UnknownEnvironmentError],
    ['a name that every object has', 'constructor', UnknownEnvironmentError],
  ])('is refused towards %s', (_what, to, expected) => {
    expect(() => new History(BLUE_LIVE).run(start(to))).toThrow(expected);
  });

  test('is refused where nothing is idle, and for a schedule without steps', () => {
    expect(() => new History(routeWith({ blue: 100, spare: 0 })).run(start())).toThrow(RolloutStateError);
    const empty = startRollout({ rolloutId: 'r', plan: planWith([]), seed: '' });
    expect(() => new History(BLUE_LIVE).run(empty)).toThrow(RolloutStateError);
  });
});

describe('Advancing', () => {
  test('walks the steps, bakes with all the traffic, and succeeds', () => {
    const history = History.rolling(BLUE_LIVE, planWith([50, 100]));
    expect(history.run(advanceRollout)).toEqual(['StepEntered']);
    expect(history.route.weights).toEqual({ blue: 0, green: 100 });
    expect(history.run(advanceRollout)).toEqual(['BakeStarted']);
    expect(history.route.weights).toEqual({ blue: 0, green: 100 });
    expect(history.route.active).toBe('blue');
    expect(history.run(advanceRollout)).toEqual(['RolloutSucceeded']);
    expect(history.route).toMatchObject({ active: 'green', standby: 'blue', weights: { blue: 0, green: 100 } });
  });

  test('succeeds at once after the last step when there is nothing to bake', () => {
    const history = History.rolling(BLUE_LIVE, planWith([100], { finalBakeTime: 0 }));
    expect(history.run(advanceRollout)).toEqual(['RolloutSucceeded']);
    expect(history.route).toMatchObject({ active: 'green', weights: { blue: 0, green: 100 } });
  });

  test('ends where the schedule ends: below 100 it bakes and stays there, and blue stays live', () => {
    for (const finalBakeTime of [0, 60_000]) {
      const history = History.rolling(BLUE_LIVE, planWith([5, 50], { finalBakeTime }));
      while (history.phase !== 'Succeeded') history.run(advanceRollout);
      const ended = { active: 'blue', weights: { blue: 50, green: 50 } };
      expect(history.route).toMatchObject({ ...ended, rollout: { phase: { name: 'Succeeded', weight: 50 } } });
      expect(history.route.standby).toBeUndefined();
      history.run(rollbackRoute);
      expect(history.route).toMatchObject({ active: 'blue', weights: { blue: 100, green: 0 } });
      expect(history.phase).toBe('Aborting');
    }
  });

  test('of a schedule that ends below 100 is promoted to all of it', () => {
    const history = History.rolling(BLUE_LIVE, planWith([50], { finalBakeTime: 0 }));
    history.run(advanceRollout);
    expect(history.run(promoteRollout)).toEqual(['WeightsSet']);
    expect(history.route).toMatchObject({ active: 'green', standby: 'blue', weights: { blue: 0, green: 100 } });
  });

  test('does nothing while paused or while a rollback is under way', () => {
    const history = History.rolling(BLUE_LIVE);
    history.run(pauseRollout('Manual'));
    expect(history.run(advanceRollout)).toEqual([]);
    history.run(rollbackRoute);
    expect(history.run(advanceRollout)).toEqual([]);
  });
});

describe('A command in the wrong state', () => {
  const ALL = { advanceRollout, approveStep, pause: pauseRollout('Manual'), promoteRollout, resumeRollout };

  test.each(Object.entries(ALL))('%s is refused before the first rollout and after one has ended', (_name, command) => {
    expect(() => new History(BLUE_LIVE).run(command)).toThrow(RolloutStateError);
    expect(() => succeeded().run(command)).toThrow(RolloutStateError);
    const reverted = History.rolling(BLUE_LIVE);
    reverted.run(rollbackRoute);
    reverted.run(confirmRollback);
    expect(() => reverted.run(command)).toThrow(RolloutStateError);
  });

  test.each([
    ['advance', advanceRollout],
    ['approve', approveStep],
    ['pause', pauseRollout('Manual')],
    ['promote', promoteRollout],
    ['resume', resumeRollout],
  ])('%s says what there is none to do it with', (verb, command) => {
    expect(() => new History(BLUE_LIVE).run(command)).toThrow(`no running rollout to ${verb} on route "chat"`);
  });

  test.each(Object.entries({ approveStep, promoteRollout, resumeRollout }))(
    '%s is refused while a rollback is under way',
    (_name, command) => {
      const history = History.rolling(BLUE_LIVE);
      history.run(rollbackRoute);
      expect(() => history.run(command)).toThrow('is being rolled back');
    },
  );

  test('promote works from every stage of the walk, paused or not', () => {
    for (const before of [[], [advanceRollout], [pauseRollout('Manual')], [pauseRollout('AwaitingApproval')]]) {
      const history = History.rolling(BLUE_LIVE);
      for (const command of before) history.run(command);
      expect(history.run(promoteRollout)).toEqual(['RolloutSucceeded']);
      expect(history.route).toMatchObject({ active: 'green', weights: { blue: 0, green: 100 } });
    }
  });
});

describe('Configuring', () => {
  test('a route that is so already changes nothing: weights and rollout outlive a restart', () => {
    const { route } = History.rolling(BLUE_LIVE);
    expect(configureRoute(BLUE_LIVE, route)).toEqual([]);
  });

  test('a changed model begins again, at the configured weights', () => {
    const { environments } = BLUE_LIVE;
    const green = { ...environments['green']!, version: { ...environments['green']!.version, model: 'newer' } };
    const changed = { ...BLUE_LIVE, environments: { ...environments, green } };
    expect(configureRoute(changed, History.rolling(BLUE_LIVE).route)).toMatchObject([
      { type: 'RolloutAborted', weights: { blue: 100, green: 0 } },
      { type: 'RolledBack' },
      { type: 'RouteConfigured', weights: { blue: 100, green: 0 }, active: 'blue' },
    ]);
  });
});
