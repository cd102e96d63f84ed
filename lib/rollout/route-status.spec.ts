import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MINUTE, Replica } from '../../test/support/rollouts.js';

let replica: Replica;
beforeEach(async () => (replica = await Replica.start()));
afterEach(() => replica.stop());

const status = () => replica.rollouts.status('chat');

describe('the status of a route', () => {
  test('before any traffic has no rates, and shares of nothing', () => {
    expect(status()).toMatchObject({
      route: 'chat',
      active: 'blue',
      weights: { blue: 100, green: 0 },
      canaryActive: false,
      canaryPercentage: 0,
      rollout: undefined,
      lastSwitchAt: undefined,
      environments: {
        blue: {
          version: 'v1',
          model: 'blue-model',
          weight: 100,
          share: 0,
          total: { requestCount: 0, errorRate: null },
        },
        green: { version: 'v2', weight: 0, share: 0, total: { latencyP99: null } },
      },
    });
  });

  test('says when this process began', () => {
    const { startedAt } = status();
    replica.clock.advance(MINUTE);
    expect(status().startedAt).toBe(startedAt);
    expect(startedAt).toBe(replica.clock.now() - MINUTE);
  });

  test('shows the canary while a rollout runs, and what it waits for', async () => {
    await replica.rollouts.start('chat');
    expect(status()).toMatchObject({
      canaryActive: true,
      canaryPercentage: 5,
      active: 'blue',
      rollout: {
        from: 'blue',
        to: 'green',
        steps: 4,
        startedAt: replica.clock.now(),
        phase: { name: 'Progressing', step: 0 },
        decision: { action: 'hold', gates: [{ verdict: 'insufficient' }] },
      },
    });
  });

  test('shows a split by hand as a canary, and where a rollback would go', async () => {
    expect(status()).toMatchObject({ canaryActive: false, canaryPercentage: 0, rollbackTo: undefined });
    await replica.rollouts.setTrafficWeights('chat', { blue: 90, green: 10 });
    expect(status()).toMatchObject({ canaryActive: true, canaryPercentage: 10, rollbackTo: 'blue' });
    await replica.rollouts.promote('chat');
    expect(status()).toMatchObject({ canaryActive: false, canaryPercentage: 0, rollbackTo: 'blue' });
    await replica.rollouts.rollback('chat');
    expect(status()).toMatchObject({ canaryActive: false, rollbackTo: undefined });
  });

  test('the shares are those of the requests, not of the weights', () => {
    replica.traffic('blue', 30);
    replica.traffic('green', 10);
    const { environments } = status();
    expect([environments['blue']!.share, environments['green']!.share]).toEqual([75, 25]);
  });

  test('totals stay, recent figures pass', () => {
    replica.traffic('green', 2, { outcome: 'timeout' });
    replica.clock.advance(10 * MINUTE);
    expect(status().environments['green']).toMatchObject({
      total: { requestCount: 2, errorCount: 2, errorRate: 1, errorsByClass: { timeout: 2 } },
      recent: { requestCount: 0, errorRate: null },
    });
  });

  test('says when the live environment last changed', async () => {
    await replica.rollouts.start('chat');
    replica.clock.advance(MINUTE);
    const at = replica.clock.now();
    await replica.rollouts.promote('chat');
    replica.clock.advance(MINUTE);
    expect(status()).toMatchObject({ active: 'green', lastSwitchAt: at, canaryActive: false, canaryPercentage: 0 });
  });

  test('survives the way through JSON', () => {
    replica.traffic('blue', 3);
    expect(JSON.parse(JSON.stringify(status()))).toMatchObject({ weights: { blue: 100 } });
    expect(JSON.stringify(status())).not.toMatch(/NaN|Infinity/);
  });
});
