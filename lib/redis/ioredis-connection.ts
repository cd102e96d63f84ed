import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { OptionsError } from '../validation/validation-error.js';
import type { RedisConnection } from './redis-connection.js';
import { whyOf, withPlainErrors } from './redis-error.js';

/** Milliseconds after which a command counts as failed, and a connection as dead: longer than anything of ours blocks. */
const COMMAND_TIMEOUT = 2_000;
/** States of a client that has not failed yet. */
const STARTING = new Set(['wait', 'connecting', 'connect']);
const LONGEST_PAUSE = 1_000;

/**
 * A connection through `ioredis`, which the app has to have installed.
 *
 * @param url `redis://` or `rediss://`, with user, password and database as usual.
 * @throws {OptionsError} when `ioredis` is not installed.
 */
export async function ioredisConnection(url: string): Promise<RedisConnection> {
  const { Redis } = await import('ioredis').catch((cause: unknown) => {
    const remedy = 'Run: npm install ioredis@6. Or pass a RedisConnection of your own instead of a URL.';
    throw new OptionsError([{ path: 'journal.redis', value: 'a URL', message: 'needs ioredis', remedy }], { cause });
  });
  return connected(
    new Redis(url, {
      // A command that waits for Redis to come back would be decided on what was true before.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      connectTimeout: COMMAND_TIMEOUT,
      commandTimeout: COMMAND_TIMEOUT,
      // Whoever went away without a word is not waited for: TCP alone takes a quarter of an hour to notice.
      socketTimeout: COMMAND_TIMEOUT,
      // How long a Redis that has just begun thinks it will load is anybody's guess: minutes, where it takes a second.
      maxLoadingRetryTime: LONGEST_PAUSE,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 5), LONGEST_PAUSE),
    }),
  );
}

/** What ioredis says when there is no connection, in words of its options. */
const NO_CONNECTION = /enableOfflineQueue|maxRetriesPerRequest|^Connection is closed/;

function connected(client: Redis): RedisConnection {
  const { host, port, path } = client.options;
  return withPlainErrors(sendingThrough(client), `Redis at ${path ?? `${host}:${port}`}`);
}

function sendingThrough(client: Redis): RedisConnection {
  let trouble: string | undefined;
  // Without a listener ioredis prints to the console; whoever sends learns of it from the answer.
  client.on('error', (error) => (trouble = whyOf(error)));
  client.on('ready', () => (trouble = undefined));
  let started: Promise<void> | undefined;
  return {
    send: async (command, ...args) => {
      if (STARTING.has(client.status)) await (started ??= ready(client));
      try {
        return await client.call(command, ...args.map(String));
      } catch (error) {
        if (!NO_CONNECTION.test(whyOf(error))) throw error;
        throw new Error(trouble === undefined ? 'no connection' : `no connection, ${trouble}`, { cause: error });
      }
    },
    duplicate: () => sendingThrough(client.duplicate()),
    close: async () => client.disconnect(),
  };
}

/** Resolves when it is connected for the first time; rejects when that takes too long. */
async function ready(client: Redis): Promise<void> {
  const signal = AbortSignal.timeout(COMMAND_TIMEOUT);
  await once(client, 'ready', { signal }).catch((cause: unknown) => {
    throw signal.aborted ? new Error(`no connection within ${COMMAND_TIMEOUT} ms`, { cause }) : cause;
  });
}
