import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { FakeClock } from '../../test/support/fake-clock.js';
import { setTrafficWeights } from '../domain/route-commands.js';
import { rollbackRoute } from '../domain/rollback-commands.js';
import { confirmRollback, promoteRollout, startRollout } from '../domain/rollout-commands.js';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { ConversationPins, type ConversationPinOptions } from './conversation-pins.js';
import { LiveRouteTable } from './live-route-table.js';
import { RouteTable } from './route-table.js';
import { TrafficSplitter } from './traffic-splitter.js';

const HOUR = 3_600_000;

function stage(options: Partial<ConversationPinOptions> = {}) {
  const clock = new FakeClock();
  const history = new History(routeWith({ blue: 100, green: 0 }));
  const pins = new ConversationPins({ header: 'x', ttl: HOUR, max: 3, onRollback: 'switch', ...options }, clock);
  const table = new LiveRouteTable();
  const splitter = new TrafficSplitter(
    table,
    () => 0.5,
    () => pins,
  );
  const refresh = (): void => table.swap(RouteTable.from(history.state));
  refresh();
  return {
    clock,
    pins,
    splitter,
    weights: (blue: number): void => {
      history.run(setTrafficWeights({ blue, green: 100 - blue }));
      refresh();
    },
    run: (command: Parameters<typeof history.run>[0]): void => {
      history.run(command);
      refresh();
    },
    ask: (conversation: string) => splitter.assign('chat', { conversation }).environment,
  };
}

/** A rollout at 100 % on green, with conversation `c` begun on green. */
function onGreen(options?: Partial<ConversationPinOptions>) {
  const all = stage(options);
  all.run(startRollout({ rolloutId: 'r', plan: planWith([100]), seed: 's' }));
  expect(all.ask('c')).toBe('green');
  return all;
}

describe('A pinned conversation', () => {
  test('stays where it began, whatever the weights do', () => {
    const { weights, ask } = stage();
    expect(ask('c')).toBe('blue');
    weights(0);
    expect(ask('c')).toBe('blue');
    expect(ask('new')).toBe('green');
  });

  test('says that it is pinned where the weights would have it elsewhere, and only there', () => {
    const { splitter, weights } = stage();
    expect(splitter.assign('chat', { conversation: 'c' })).not.toHaveProperty('pinned');
    expect(splitter.assign('chat', { conversation: 'c' })).not.toHaveProperty('pinned');
    weights(0);
    expect(splitter.assign('chat', { conversation: 'c' })).toMatchObject({ environment: 'blue', pinned: true });
  });

  test('has a name: an empty one is none', () => {
    const { splitter, pins } = stage();
    expect(splitter.assign('chat', { conversation: '' })).toMatchObject({ reason: 'weighted' });
    expect(pins.size).toBe(0);
  });

  test('is sticky, with the unit of its hash', () => {
    const { splitter } = stage();
    const first = splitter.assign('chat', { conversation: 'c' });
    expect(first).toMatchObject({ reason: 'sticky', unit: splitter.assign('chat', { key: 'c' }).unit });
    expect(splitter.assign('chat', { conversation: 'c' })).toEqual(first);
  });

  test('is left out where the environment is forced, and neither moves nor begins by it', () => {
    const { splitter, weights, ask } = stage();
    splitter.assign('chat', { conversation: 'c', environment: 'green' });
    expect(ask('c')).toBe('blue');
    weights(0);
    expect(splitter.assign('chat', { conversation: 'c', environment: 'green' }).environment).toBe('green');
    expect(ask('c')).toBe('blue');
  });

  test('moves with a rollback, and stays moved', () => {
    const { run, weights, ask } = onGreen();
    run(rollbackRoute);
    expect(ask('c')).toBe('blue');
    run(confirmRollback);
    weights(0);
    expect(ask('c')).toBe('blue');
  });

  test('finishes where it is after a rollback, where the route says so', () => {
    const { run, ask } = onGreen({ onRollback: 'finish' });
    run(rollbackRoute);
    run(confirmRollback);
    expect([ask('c'), ask('new')]).toEqual(['green', 'blue']);
  });

  test('moves with a rollback after a success as well', () => {
    const { run, ask } = onGreen();
    run(promoteRollout);
    expect(ask('c')).toBe('green');
    run(rollbackRoute);
    expect(ask('c')).toBe('blue');
  });

  test('may begin on an environment that was rolled back once and has been given traffic since', () => {
    const { run, weights, ask } = onGreen();
    run(rollbackRoute);
    run(confirmRollback);
    weights(0);
    expect(ask('new')).toBe('green');
    weights(50);
    expect(ask('new')).toBe('green');
  });

  test('is free again when it was silent for longer than its time, and not before', () => {
    const { clock, weights, ask } = stage();
    ask('c');
    weights(0);
    clock.advance(HOUR);
    expect(ask('c')).toBe('blue');
    clock.advance(HOUR + 1);
    expect(ask('c')).toBe('green');
  });
});

describe('Pins', () => {
  test('to a version that has changed, or to an environment that has left, are void', () => {
    const { pins, splitter } = stage();
    splitter.assign('chat', { conversation: 'c' });
    const slotOf = (tag: string, name = 'blue') => {
      const definition = routeWith({ [name]: 100, green: 0 });
      const version = { ...definition.environments[name]!.version, tag };
      const environments = { ...definition.environments, [name]: { displayName: name, version } };
      const table = RouteTable.from(new History({ ...definition, environments }).state);
      return pins.slotFor('c', table.get('chat'), () => table.get('chat').slots.at(-1)!);
    };
    expect(slotOf('blue-1').version.tag).toBe('blue-1');
    const chosen = slotOf('blue-2');
    expect(slotOf('blue-2')).toEqual(chosen);
    expect(slotOf('x', 'purple').environment).not.toBe('blue');
  });

  test('forget the conversation that was silent longest when there are too many', () => {
    const { pins, weights, ask } = stage({ max: 2 });
    ask('a');
    ask('b');
    ask('a');
    ask('c');
    weights(0);
    expect(pins.size).toBe(2);
    expect([ask('a'), ask('b')]).toEqual(['blue', 'green']);
  });

  test('are bounded, whatever callers send', () => {
    const { pins, ask } = stage({ max: 5 });
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (id) => {
        ask(id);
        expect(pins.size).toBeLessThanOrEqual(5);
      }),
    );
    const empty = stage();
    empty.ask('x'.repeat(300));
    expect(empty.pins.size).toBe(0);
  });
});
