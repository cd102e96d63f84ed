import { expect, test } from '@jest/globals';
import type { CostCheck } from '../upstream/prepared-call.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { Upstreams } from '../upstream/upstreams.js';
import { shadowPolicy } from '../options/shadow-options.js';
import { MirrorMoney } from '../money/mirror-money.js';
import { OpenPair } from './open-pair.js';
import { runMirror } from './run-mirror.js';

/** A mirror that fails at once, of a caller that has not ended. */
function mirror() {
  const clock = new FakeClock();
  const version = { tag: 'v1', model: 'm', upstream: 'chat/nobody' };
  const money = new MirrorMoney(undefined, clock, () => 0);
  const controller = new AbortController();
  const assignment = { route: 'chat', environment: 'blue', version, reason: 'weighted', epoch: 1, segment: 1 } as const;
  const run = {
    request: { assignment, dialect: openAiChat, body: {}, requestId: 'r1' },
    target: { environment: 'green', version },
    pair: new OpenPair(openAiChat),
    policy: shadowPolicy(),
    money,
    reservation: money.budget.reserve(0)!,
    signal: controller.signal,
  };
  const deps = {
    table: new LiveRouteTable(),
    upstreams: new Upstreams([]),
    clock,
    priceOf: () => 0,
    checkCost: ((_version, _dialect, body) => body) satisfies CostCheck,
  };
  return { clock, controller, done: () => runMirror(run, deps) };
}

test('a caller that never ends counts as gone after a while', async () => {
  const { clock, done } = mirror();
  const result = done();
  clock.advance(await clock.shortestTimer(Infinity));
  expect(await result).toMatchObject({ pair: { caller: { outcome: 'client_abort' } } });
});

test('waits for no caller when it is given up, and leaves no timer that would keep the process up', async () => {
  const { clock, controller, done } = mirror();
  const result = done();
  await clock.shortestTimer(Infinity);
  controller.abort();
  expect(await result).toBeUndefined();
  expect(clock.timers).toBe(0);
});

test('begins no wait when it has been given up before', async () => {
  const { clock, controller, done } = mirror();
  controller.abort();
  expect(await done()).toBeUndefined();
  expect(clock.timers).toBe(0);
});
