import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Link } from '../../test/support/link.js';
import { RedisServer } from '../../test/support/redis.js';
import { ioredisConnection } from './ioredis-connection.js';
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

  test('that is dead without a word is given up, and made anew', async () => {
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
    const connection = await ioredisConnection(`redis://127.0.0.1:${loading.port}`);
    await expect(connection.send('PING')).resolves.toBe('PONG');
    await connection.close();
    loading.server.close();
  });
});

/** Says at first that it will be loading for a minute, and the next time that it has loaded. */
async function loadingRedis(): Promise<{ server: Server; port: number }> {
  let asked = 0;
  const info = (): string =>
    bulk(asked++ === 0 ? 'loading:1\r\nloading_eta_seconds:60\r\n' : 'loading:0\r\nredis_version:7.0.0\r\n');
  const answers: Readonly<Record<string, () => string>> = {
    hello: () => '%1\r\n+proto\r\n:3\r\n',
    client: () => '+OK\r\n',
    info,
    ping: () => '+PONG\r\n',
  };
  const server = createServer((socket) => {
    socket.on('data', (bytes: Buffer) => {
      for (const [, name] of bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
        socket.write(answers[name!.toLowerCase()]!());
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}
