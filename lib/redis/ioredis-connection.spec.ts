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
});
