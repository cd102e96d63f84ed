import { describe, expect, test } from '@jest/globals';
import { RedisServer } from '../../test/support/redis.js';
import { converse } from './run.js';

describe('Conversations on three replicas, while green comes, takes over and is rolled back,', () => {
  test('all go on, and no vendor is handed what another one made; without stamps they break', async () => {
    const [redis, other] = await Promise.all([RedisServer.start(), RedisServer.start()]);
    try {
      const shared = { conversations: 60, replicas: 3 };
      const stamped = await converse({ ...shared, redis: redis.url, stamped: true });
      expect(stamped).toMatchObject({ turns: 360, refused: 0, broken: 0, reasons: {} });
      expect(Math.min(...Object.values(stamped.answered))).toBeGreaterThan(60);
      const plain = await converse({ ...shared, conversations: 24, redis: other.url, stamped: false });
      expect([plain.refused > 0, plain.broken > 0]).toEqual([true, true]);
    } finally {
      await Promise.all([redis.stop(), other.stop()]);
    }
  }, 120_000);
});
