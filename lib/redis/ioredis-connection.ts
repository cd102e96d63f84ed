import { once, type EventEmitter } from 'node:events';
import { OptionsError } from '../validation/validation-error.js';
import type { IoredisClient, RedisConnection, RedisOptions } from './redis-connection.js';
import { whyOf } from './redis-error.js';
import { steadyConnection } from './steady-connection.js';

/** Milliseconds until a command counts as failed and a connection as dead: longer than any of our commands blocks. */
const COMMAND_TIMEOUT = 2_000;
/** States of a client that has not failed yet. */
const STARTING = new Set(['wait', 'connecting', 'connect']);
const LONGEST_PAUSE = 1_000;

/**
 * A connection through `ioredis`, which the app has to have installed.
 *
 * @param where `redis://` or `rediss://`, with user, password and database as usual, or the same in words.
 * @throws {OptionsError} when `ioredis` is not installed.
 */
export async function ioredisConnection(where: string | RedisOptions): Promise<RedisConnection> {
  const { Redis } = await import('ioredis').catch((cause: unknown) => {
    const remedy = 'Run: npm install ioredis@6. Or pass a RedisConnection of your own.';
    throw new OptionsError([{ path: 'journal.redis', value: 'an address', message: 'needs ioredis', remedy }], {
      cause,
    });
  });
  if (typeof where === 'string') return connected(new Redis(where, SETTINGS) as unknown as Client);
  const { tls, ...rest } = where;
  const encrypted = tls === undefined || tls === false ? {} : { tls: tls === true ? {} : tls };
  // Its types do not know an option that is there and undefined.
  const options = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return connected(new Redis({ ...options, ...encrypted, ...SETTINGS }) as unknown as Client);
}

/**
 * Connections beside the app's own client of `ioredis`, to the same place: a `Redis`, also by Sentinel or TLS, or a
 * `Cluster`. The app's client stays as it is, and the app closes it.
 */
export function besideIoredis(given: IoredisClient): RedisConnection {
  const client = given as Client;
  if (client.isCluster !== true) return connected(client.duplicate(SETTINGS));
  const redisOptions = { ...client.options?.redisOptions, ...SETTINGS };
  const own = client.duplicate([], { enableOfflineQueue: false, lazyConnect: false, redisOptions });
  return steadyConnection(sendingThrough(own), 'The Redis cluster');
}

/** Whether it is a client of `ioredis`, of whatever version. */
export function isIoredis(value: object): value is IoredisClient {
  return 'call' in value && 'duplicate' in value && 'status' in value;
}

/** The common part of releases 5 and 6. */
interface Client extends IoredisClient, EventEmitter {
  readonly isCluster?: boolean;
  readonly options?: {
    readonly host?: string;
    readonly port?: number;
    readonly path?: string;
    readonly sentinels?: readonly object[] | null;
    readonly name?: string;
    readonly redisOptions?: object;
  };
  duplicate(...overrides: readonly unknown[]): Client;
  disconnect(): void;
}

const SETTINGS = {
  // A command queued until Redis is back would act on outdated facts.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  lazyConnect: false,
  connectTimeout: COMMAND_TIMEOUT,
  commandTimeout: COMMAND_TIMEOUT,
  // Do not wait for a peer that vanished: TCP alone takes a quarter of an hour to notice.
  socketTimeout: COMMAND_TIMEOUT,
  // A Redis that just started may estimate minutes for loading that takes a second.
  maxLoadingRetryTime: LONGEST_PAUSE,
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 5), LONGEST_PAUSE),
};

/** Messages of ioredis for a missing connection, in terms of its options. */
const NO_CONNECTION = /enableOfflineQueue|maxRetriesPerRequest|^Connection is closed/;

function connected(client: Client): RedisConnection {
  const { host, port, path, sentinels, name } = client.options ?? {};
  const place = sentinels ? `Redis "${name}" of Sentinel` : `Redis at ${path ?? `${host}:${port}`}`;
  return steadyConnection(sendingThrough(client), place);
}

function sendingThrough(client: Client): RedisConnection {
  let trouble: string | undefined;
  // Without a listener ioredis prints to the console; the sender learns of errors from the answer.
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

/** Resolves on the first connection; rejects if that takes too long. */
async function ready(client: Client): Promise<void> {
  const signal = AbortSignal.timeout(COMMAND_TIMEOUT);
  await once(client, 'ready', { signal }).catch((cause: unknown) => {
    throw signal.aborted ? new Error(`no connection within ${COMMAND_TIMEOUT} ms`, { cause }) : cause;
  });
}
