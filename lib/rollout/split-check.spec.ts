import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MINUTE, Replica, turn } from '../../test/support/rollouts.js';
import { alertOf } from '../records/event-alerts.js';
import type { SplitAlarm } from './split-check.js';

let replica: Replica;
let alarms: SplitAlarm[];

beforeEach(async () => {
  replica = await Replica.start();
  alarms = [];
  replica.splits.alarms$.subscribe((alarm) => alarms.push(alarm));
});
afterEach(() => replica.stop());

/** Green has a tenth, and is watched. */
async function split(autoRollback: boolean): Promise<void> {
  await replica.rollouts.changeSettings('chat', { healthCheck: { enabled: true, autoRollback } });
  await replica.rollouts.setTrafficWeights('chat', { blue: 90, green: 10 });
}

async function fails(): Promise<void> {
  replica.traffic('green', 30, { outcome: 'server_error' });
  await turn();
  await replica.scheduler.tick();
}

describe('A split by hand that fails', () => {
  test('goes back where it came from, and people are told of a rollback on its figures', async () => {
    await split(true);
    await fails();
    expect(replica.weight).toBe(0);
    const entry = replica.entries.at(-1)!;
    expect(entry).toMatchObject({ type: 'WeightsSet', actor: 'system', reverted: true });
    expect(alertOf(entry)).toMatchObject({
      type: 'rollback',
      severity: 'critical',
      message: expect.stringMatching(
        /^Route "chat": all traffic returned to "blue" by system: error-rate: "green" failed 100% of \d+ requests, over the limit of/,
      ),
      evidence: [{ gate: 'error-rate', verdict: 'fail' }, { gate: 'latency-p99' }],
    });
    expect(alarms).toEqual([]);
  });

  test('may be set again: what it was taken back for does not count twice', async () => {
    await split(true);
    await fails();
    await replica.rollouts.setTrafficWeights('chat', { blue: 90, green: 10 });
    await replica.scheduler.tick();
    expect(replica.weight).toBe(10);
    await fails();
    expect(replica.weight).toBe(0);
  });

  test('stays as it is without automatic rollback: people are told once, for as long as it lasts', async () => {
    await split(false);
    await fails();
    await fails();
    expect(replica.weight).toBe(10);
    expect(alarms).toMatchObject([
      {
        route: 'chat',
        message: expect.stringContaining('error-rate: "green" failed'),
        evidence: [{ verdict: 'fail' }, {}],
      },
    ]);
  });

  test('is told of again when it has been well meanwhile', async () => {
    await split(false);
    await fails();
    replica.clock.advance(10 * MINUTE);
    replica.traffic('green', 30);
    await replica.scheduler.tick();
    replica.clock.advance(10 * MINUTE);
    await fails();
    expect(new Set(alarms.map(({ id }) => id)).size).toBe(2);
  });
});

test('Weights that people set are no rollback', async () => {
  await replica.rollouts.setTrafficWeights('chat', { blue: 90, green: 10 });
  await replica.rollouts.setTrafficWeights('chat', { blue: 100 });
  expect(replica.entries.map((entry) => alertOf(entry))).toEqual([undefined, undefined]);
});
