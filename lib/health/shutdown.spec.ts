import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Logger } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { FakeClock } from '../../test/support/fake-clock.js';
import { Upstreams } from '../upstream/upstreams.js';
import { Shutdown } from './shutdown.js';

Logger.overrideLogger(false);

const server = createServer();
afterEach(() => void server.close());

/** The shutdown of an app that listens, or of one that has no server. */
async function shutdownOf(listening: boolean) {
  if (listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  const host = { httpAdapter: { getHttpServer: () => server }, listening } as unknown as HttpAdapterHost;
  const clock = new FakeClock();
  const upstreams = new Upstreams([]);
  const shutdown = new Shutdown({ drain: 5_000, grace: 25_000 }, upstreams, host, clock);
  shutdown.onApplicationBootstrap();
  return { shutdown, clock, upstreams };
}

describe('By SIGTERM', () => {
  test('nobody should send requests any more at once, and they are taken until the drain is over', async () => {
    const { shutdown, clock } = await shutdownOf(true);
    const over = shutdown.beforeApplicationShutdown('SIGTERM');
    expect([shutdown.begun, shutdown.drained.aborted]).toEqual([true, false]);
    clock.advance(4_999);
    await Promise.resolve();
    expect(shutdown.drained.aborted).toBe(false);
    clock.advance(1);
    await over;
    expect(shutdown.drained.aborted).toBe(true);
  });

  test('calls are ended when the grace is over, the drain included', async () => {
    const { shutdown, clock, upstreams } = await shutdownOf(true);
    const over = shutdown.beforeApplicationShutdown('SIGTERM');
    clock.advance(5_000);
    await over;
    clock.advance(19_999);
    expect(upstreams.end.ended).toBe(false);
    clock.advance(1);
    expect(upstreams.end.ended).toBe(true);
  });

  test('an app that takes no requests has nothing to drain', async () => {
    const { shutdown } = await shutdownOf(false);
    await shutdown.beforeApplicationShutdown('SIGTERM');
    expect(shutdown.drained.aborted).toBe(true);
  });
});

test.each(['SIGINT', undefined])('By %s, from somebody who waits, nothing drains', async (signal) => {
  const { shutdown } = await shutdownOf(true);
  await shutdown.beforeApplicationShutdown(signal);
  expect(shutdown.drained.aborted).toBe(true);
});

test('At the end no timer is left', async () => {
  const { shutdown, clock } = await shutdownOf(true);
  await shutdown.beforeApplicationShutdown();
  shutdown.onApplicationShutdown();
  expect(clock.timers).toBe(0);
});
