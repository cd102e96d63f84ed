import { afterEach, describe, expect, test } from '@jest/globals';
import { MINUTE, Replica, SCHEDULE, turn } from '../../test/support/rollouts.js';
import type { RolloutInput } from '../schedule/rollout-input.js';

let replica: Replica;
afterEach(() => replica.stop());

async function started(schedule: RolloutInput = SCHEDULE): Promise<Replica> {
  replica = await Replica.start({ schedule });
  await replica.rollouts.start('chat', { actor: 'ada', reason: 'new prompt' });
  return replica;
}

describe('a healthy rollout', () => {
  test('walks 5 → 25 → 50 → 100 → baking → succeeded, and green is live', async () => {
    await started();
    const walk: unknown[] = [[replica.phase, replica.weight]];
    for (let n = 0; n < 5; n++) {
      await replica.healthyStep();
      walk.push([replica.phase, replica.weight]);
    }
    expect(walk).toEqual([
      ['Progressing', 5],
      ['Progressing', 25],
      ['Progressing', 50],
      ['Progressing', 100],
      ['Baking', 100],
      ['Succeeded', 100],
    ]);
    expect(replica.rollouts.status('chat')).toMatchObject({ active: 'green', canaryActive: false });
  });

  test('whose schedule ends at 50% bakes there, and is complete there', async () => {
    await started({ ...SCHEDULE, steps: [{ setWeight: 50, duration: '10m' }] });
    const walk: unknown[] = [];
    for (let n = 0; n < 2; n++) {
      await replica.healthyStep();
      walk.push([replica.phase, replica.weight]);
    }
    expect(walk).toEqual([
      ['Baking', 50],
      ['Succeeded', 50],
    ]);
    const { active, rollout } = replica.rollouts.status('chat');
    expect([active, rollout!.waitsFor]).toEqual(['blue', 'complete at 50%']);
  });

  test('does not move before its time, however often it is looked at', async () => {
    await started();
    replica.traffic('green', 30);
    replica.traffic('blue', 30);
    replica.clock.advance(10 * MINUTE - 1);
    for (let n = 0; n < 5; n++) await replica.scheduler.tick();
    expect(replica.weight).toBe(5);
  });

  test('goes one step at a time when the job was away for hours', async () => {
    await started();
    replica.traffic('green', 30);
    replica.traffic('blue', 30);
    replica.clock.advance(600 * MINUTE);
    for (let n = 0; n < 3; n++) await replica.scheduler.tick();
    expect(replica.weight).toBe(25);
  });

  test('without traffic holds for ever', async () => {
    await started();
    for (let day = 0; day < 30; day++) {
      replica.clock.advance(24 * 60 * MINUTE);
      await replica.scheduler.tick();
    }
    expect([replica.phase, replica.weight]).toEqual(['Progressing', 5]);
    expect(replica.history).toEqual(['RolloutStarted']);
  });
});

describe('a green that fails', () => {
  test('is reverted in the same turn of the event loop as its fifth failure in a row', async () => {
    await started();
    replica.traffic('blue', 200);
    replica.traffic('green', 4, { outcome: 'server_error' });
    await turn();
    expect(replica.weight).toBe(5);
    replica.traffic('green', 1, { outcome: 'server_error' });
    await turn();
    expect([replica.phase, replica.weight]).toEqual(['RolledBack', 0]);
  });

  test('is reverted by its error rate without five in a row', async () => {
    await started();
    for (let n = 0; n < 10; n++) {
      replica.traffic('green', 1);
      replica.traffic('green', 1, { outcome: 'timeout' });
    }
    await turn();
    expect(replica.phase).toBe('RolledBack');
  });

  test('is reverted while it is paused, and in the final bake', async () => {
    await started();
    replica.traffic('blue', 200);
    await replica.rollouts.pause('chat');
    replica.traffic('green', 5, { outcome: 'network' });
    await turn();
    expect(replica.phase).toBe('RolledBack');

    replica.stop();
    await started();
    for (let n = 0; n < 4; n++) await replica.healthyStep();
    expect(replica.phase).toBe('Baking');
    // Blue has no traffic of its own now: it is judged by what it answers in green's place.
    const answeredBy = { environment: 'blue', version: 'v1' };
    replica.traffic('green', 12, { outcome: 'network', callerOutcome: 'ok', attempts: 2, answeredBy });
    await turn();
    expect([replica.phase, replica.weight]).toEqual(['RolledBack', 0]);
  });

  test('is not blamed for callers that leave, mistakes of callers, or limits on the rate', async () => {
    await started();
    for (const outcome of ['client_abort', 'rejected', 'content_filter', 'rate_limited'] as const) {
      replica.traffic('green', 20, { outcome });
    }
    await turn();
    await replica.scheduler.tick();
    expect(replica.phase).toBe('Progressing');
  });

  test('failures of the live environment revert nothing', async () => {
    await started();
    replica.traffic('blue', 50, { outcome: 'server_error' });
    await turn();
    expect(replica.phase).toBe('Progressing');
  });

  test('failures from before the rollout revert nothing', async () => {
    replica = await Replica.start();
    const { epoch, segment } = replica.table.current.get('chat');
    replica.traffic('green', 50, { outcome: 'server_error' });
    await replica.rollouts.start('chat');
    replica.traffic('green', 50, { outcome: 'server_error', epoch, segment });
    await turn();
    await replica.scheduler.tick();
    expect(replica.phase).toBe('Progressing');
  });
});

describe('a step that wants an approval', () => {
  const steps = SCHEDULE.steps.map((step, index) =>
    index === 0 ? { ...step, holdConditions: { requiresApproval: true } } : step,
  );

  test('waits until a person gives it, then goes on', async () => {
    await started({ ...SCHEDULE, steps });
    await replica.healthyStep();
    expect(replica.rollouts.status('chat').rollout?.phase).toMatchObject({
      name: 'Paused',
      reason: 'AwaitingApproval',
    });
    for (let n = 0; n < 3; n++) await replica.healthyStep();
    expect(replica.weight).toBe(5);

    await replica.rollouts.approve('chat', { actor: 'ada' });
    await replica.scheduler.tick();
    expect([replica.phase, replica.weight]).toEqual(['Progressing', 25]);
  });

  test('reverts while it waits', async () => {
    await started({ ...SCHEDULE, steps });
    await replica.healthyStep();
    replica.traffic('green', 5, { outcome: 'server_error' });
    await turn();
    expect(replica.phase).toBe('RolledBack');
  });

  test('approved early, the step still takes its time', async () => {
    await started({ ...SCHEDULE, steps });
    await replica.rollouts.approve('chat');
    await replica.scheduler.tick();
    expect(replica.weight).toBe(5);
    await replica.healthyStep();
    expect(replica.weight).toBe(25);
  });
});
