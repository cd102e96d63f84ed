import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { Link } from '../../test/support/link.js';
import { RedisServer } from '../../test/support/redis.js';
import { ScriptedRedis } from '../../test/support/scripted-redis.js';
import { ioredisConnection } from './ioredis-connection.js';
import type { RedisConnection } from './redis-connection.js';
import { outOfReach } from './redis-error.js';
import { RedisScript } from './redis-script.js';
import { steadyConnection } from './steady-connection.js';
import { readyConnection, untilItAnswers } from '../../test/support/redis-ready.js';

describe('A connection to Redis', () => {
  let redis: RedisServer;
  let link: Link;

  beforeAll(async () => {
    redis = await RedisServer.start();
    link = await Link.to(redis.port);
  });
  afterAll(async () => {
    await link.stop();
    await redis.stop();
  });

  test('that is dead without a word is given up, and made again', async () => {
    const connection = await readyConnection(`redis://127.0.0.1:${link.near}`);
    link.deafen();
    await expect(connection.send('PING')).rejects.toThrow();
    await untilItAnswers(connection);
    await connection.close();
  });

  test('that is not made in time says so', async () => {
    link.silence();
    const connection = await ioredisConnection(`redis://127.0.0.1:${link.near}`);
    await expect(connection.send('PING')).rejects.toThrow('no connection within 2000 ms');
    await connection.close();
    link.open();
  });

  test('is used as soon as Redis has loaded, however long that was to take', async () => {
    const loading = await loadingRedis();
    const connection = await ioredisConnection(loading.url);
    await expect(connection.send('PING')).resolves.toBe('PONG');
    await connection.close();
    loading.stop();
  });
});

describe('What a Redis that refuses says', () => {
  const SECRET = 'topsecretpw';
  let redis: RedisServer;
  let open: RedisConnection;

  beforeAll(async () => {
    redis = await RedisServer.start();
    open = await ioredisConnection(redis.url);
    await open.send('SET', 'text', 'x');
    await open.send('CONFIG', 'SET', 'requirepass', 'another');
  });
  afterAll(async () => {
    await open.close();
    await redis.stop();
  });

  const wrong = () => ioredisConnection(`redis://:${SECRET}@127.0.0.1:${redis.port}`);
  const refusals: Readonly<Record<string, () => Promise<unknown>>> = {
    'of a password': async () => written(SECRET, await wrong()),
    'of a password, on a second connection': async () => {
      const first = await wrong();
      try {
        await written(SECRET, first.duplicate());
      } finally {
        await first.close();
      }
    },
    'of what is to be kept': () => open.send('XADD', 'text', '*', 'entry', SECRET),
    'of a command that it does not know': () => open.send('NONESUCH', SECRET),
    'of a script': () => new RedisScript("return redis.call('XLEN', KEYS[1])").run(open, ['text'], [SECRET]),
    'through a client of the app': () => written(SECRET, steadyConnection(theApps(redis.port, SECRET))),
  };

  test.each(Object.keys(refusals))('%s has nothing of what was sent in it', async (name) => {
    const error: unknown = await refusals[name]!().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'redis_unavailable', status: 503 });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(SECRET);
    expect(inspect(outOfReach(error), { depth: null, showHidden: true })).not.toContain(SECRET);
  });

  test('names the place and the reason, in words of ours, and one full stop', async () => {
    await expect(wrong().then((connection) => written('x', connection))).rejects.toThrow(
      /^Redis at 127\.0\.0\.1:\d+: WRONGPASS .*[^.]\.$/,
    );
  });

  test('is that there is no connection, and why, once it has gone away', async () => {
    const away = await RedisServer.start();
    const connection = await readyConnection(away.url);
    await away.stop();
    const why = `Redis at 127.0.0.1:${away.port}: no connection, connect ECONNREFUSED 127.0.0.1:${away.port}.`;
    const said = new Set<string>();
    while (!said.has(why)) {
      await connection.send('PING').catch(({ message }: Error) => said.add(message));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([...said].join()).not.toMatch(/Queue|maxRetries/);
    await connection.close();
  });
});

/** Through a connection that is closed then. */
async function written(entry: string, connection: RedisConnection): Promise<void> {
  try {
    await connection.send('XADD', 'text', '*', 'entry', entry);
  } finally {
    await connection.close();
  }
}

/** A connection that the app has made, with a client whose errors have the command on them. */
function theApps(port: number, password: string): RedisConnection {
  const client = new Redis({ port, password, lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  const connection: RedisConnection = {
    send: (command, ...args) => client.call(command, ...args.map(String)),
    duplicate: () => connection,
    close: async () => client.disconnect(),
  };
  return connection;
}

/** Says at first that it will be loading for a minute, and the next time that it has loaded. */
function loadingRedis(): Promise<ScriptedRedis> {
  let asked = 0;
  const info = (): string =>
    bulk(asked++ === 0 ? 'loading:1\r\nloading_eta_seconds:60\r\n' : 'loading:0\r\nredis_version:7.0.0\r\n');
  const answers: Readonly<Record<string, () => string>> = {
    hello: () => '%1\r\n+proto\r\n:3\r\n',
    client: () => '+OK\r\n',
    info,
    ping: () => '+PONG\r\n',
  };
  return ScriptedRedis.start((commands) => {
    const names = commands.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g);
    return Array.from(names, ([, name]) => answers[name!.toLowerCase()]!()).join('');
  });
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}
