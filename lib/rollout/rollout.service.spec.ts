import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MINUTE, Replica, turn } from '../../test/support/rollouts.js';

let replica: Replica;
beforeEach(async () => (replica = await Replica.start()));
afterEach(() => replica.stop());

const status = () => replica.rollouts.status('chat');

describe('pause and resume', () => {
  test('time spent paused does not count towards the step', async () => {
    await replica.rollouts.start('chat');
    replica.clock.advance(9 * MINUTE);
    await replica.rollouts.pause('chat');
    replica.clock.advance(60 * MINUTE);
    replica.traffic('green', 30);
    replica.traffic('blue', 30);
    await replica.scheduler.tick();
    await replica.rollouts.resume('chat');
    await replica.scheduler.tick();
    expect([replica.phase, replica.weight]).toEqual(['Progressing', 5]);
    replica.clock.advance(MINUTE);
    await replica.scheduler.tick();
    expect(replica.weight).toBe(25);
  });

  test('traffic goes on at the weights that are there', async () => {
    await replica.rollouts.start('chat');
    await replica.rollouts.pause('chat');
    expect([replica.phase, replica.weight]).toEqual(['Paused', 5]);
  });
});

describe('rollback', () => {
  test('twice is once', async () => {
    await replica.rollouts.start('chat');
    await replica.rollouts.rollback('chat', { actor: 'ada', reason: 'too slow' });
    const { revision } = replica.rollouts;
    await replica.rollouts.rollback('chat');
    expect(replica.rollouts.revision).toBe(revision);
    expect(replica.history).toEqual(['RolloutStarted', 'RolloutAborted', 'RolledBack']);
  });

  test('of many at the same time there is one', async () => {
    await replica.rollouts.start('chat');
    await Promise.all(Array.from({ length: 10 }, () => replica.rollouts.rollback('chat')));
    expect(replica.history).toEqual(['RolloutStarted', 'RolloutAborted', 'RolledBack']);
  });

  test('together with a promotion ends with all traffic back', async () => {
    await replica.rollouts.start('chat');
    const both = [replica.rollouts.promote('chat'), replica.rollouts.rollback('chat')];
    await Promise.all(both);
    expect(status()).toMatchObject({ active: 'blue', weights: { blue: 100, green: 0 }, canaryActive: false });
  });

  test('together with a tick that advances ends with all traffic back', async () => {
    await replica.rollouts.start('chat');
    replica.traffic('green', 30);
    replica.traffic('blue', 30);
    replica.clock.advance(10 * MINUTE);
    await Promise.all([replica.scheduler.tick(), replica.rollouts.rollback('chat')]);
    expect([replica.phase, replica.weight]).toEqual(['RolledBack', 0]);
  });

  test('after a success returns at once to the environment that stands by', async () => {
    await replica.rollouts.start('chat');
    await replica.rollouts.promote('chat');
    expect(status()).toMatchObject({ active: 'green', weights: { blue: 0, green: 100 } });
    replica.clock.advance(MINUTE);
    await replica.rollouts.rollback('chat');
    expect(status()).toMatchObject({
      active: 'blue',
      weights: { blue: 100, green: 0 },
      lastSwitchAt: replica.clock.now(),
    });
  });

  test('says when there was nothing to roll back', async () => {
    expect(await replica.rollouts.rollback('chat')).toMatchObject({ changed: false, weights: { blue: 100, green: 0 } });
    await replica.rollouts.setTrafficWeights('chat', { green: 100 });
    expect(await replica.rollouts.rollback('chat')).toMatchObject({ changed: true, weights: { blue: 100, green: 0 } });
    expect(await replica.rollouts.rollback('chat')).toMatchObject({ changed: false });
  });

  test('is not done while the table still sends traffic to what was taken out', async () => {
    await replica.rollouts.setTrafficWeights('chat', { blue: 60, green: 40 });
    const stale = replica.table.current;
    Object.defineProperty(replica.table, 'current', { get: () => stale });
    await expect(replica.rollouts.rollback('chat')).rejects.toThrow('"green" of route "chat" still has 40%');
  });

  test('cannot be both of an environment and to one', async () => {
    const both = replica.rollouts.rollback('chat', { environment: 'green', to: 'blue' });
    await expect(both).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('that was decided on another revision is refused', async () => {
    await replica.rollouts.start('chat');
    const expectedRevision = replica.rollouts.revision - 1;
    await expect(replica.rollouts.rollback('chat', { expectedRevision })).rejects.toMatchObject({
      code: 'revision_conflict',
    });
    expect(replica.phase).toBe('Progressing');
  });
});

describe('after a success the next rollout', () => {
  test('goes from green to blue', async () => {
    await replica.rollouts.start('chat');
    await replica.rollouts.promote('chat');
    const { rollout } = await replica.rollouts.start('chat');
    expect(rollout).toMatchObject({ from: 'green', to: 'blue' });
    expect(status()).toMatchObject({ weights: { blue: 5, green: 95 }, canaryPercentage: 5 });
  });
});

describe('the events of a rollout', () => {
  test('come in order, without gaps, with who did it, why, and on which figures', async () => {
    await replica.rollouts.start('chat', { actor: 'ada', reason: 'new prompt' });
    await replica.healthyStep();
    await replica.rollouts.pause('chat', { actor: 'bob', reason: 'lunch' });
    replica.traffic('blue', 170);
    replica.traffic('green', 8, { outcome: 'server_error' });
    await turn();

    const tripped = expect.stringMatching(/^8 users in a row failed on "green", 8 of whom "blue" answered; /);
    expect(replica.entries.map(({ type, actor, reason }) => [type, actor, reason])).toEqual([
      ['RolloutStarted', 'ada', 'new prompt'],
      ['StepEntered', 'system', 'step 1 is done and every gate passes'],
      ['RolloutPaused', 'bob', 'lunch'],
      ['RolloutAborted', 'system', tripped],
      ['RolledBack', 'system', tripped],
    ]);
    expect(replica.entries.map(({ revision }) => revision)).toEqual([2, 3, 4, 5, 6]);
    const [started, step, , aborted] = replica.entries;
    expect(started!.evidence).toEqual([]);
    expect(step!.evidence).toMatchObject([{ gate: 'errors', verdict: 'pass', observed: 0, sample: { canary: 30 } }]);
    expect(aborted!.evidence).toMatchObject([{ gate: 'errors', verdict: 'fail' }]);
    expect(aborted!.at).toBe(replica.clock.now());
  });

  test('stay in order for every listener when one of them gives a command while it is told', async () => {
    const first = replica.rollouts.events$.subscribe(({ type }) => {
      if (type === 'RolloutStarted') void replica.rollouts.pause('chat');
    });
    const seen: string[] = [];
    const second = replica.rollouts.events$.subscribe(({ type }) => seen.push(type));
    await replica.rollouts.start('chat');
    await turn();
    expect(seen).toEqual(['RolloutStarted', 'RolloutPaused']);
    first.unsubscribe();
    second.unsubscribe();
  });

  test('end when the app does', () => {
    let ended = false;
    replica.rollouts.events$.subscribe({ complete: () => (ended = true) });
    replica.stop();
    expect(ended).toBe(true);
  });
});

describe('a start while the same rollout runs', () => {
  test('changes nothing, and says where it is', async () => {
    const first = await replica.rollouts.start('chat');
    const second = await replica.rollouts.start('chat');
    expect(second.rollout?.id).toBe(first.rollout!.id);
    expect(replica.history.filter((type) => type === 'RolloutStarted')).toHaveLength(1);
  });

  test('is refused when it wants another schedule', async () => {
    await replica.rollouts.start('chat');
    const schedule = { steps: [{ setWeight: 50, duration: '1h' }] };
    await expect(replica.rollouts.start('chat', { schedule })).rejects.toMatchObject({ code: 'rollout_state' });
  });
});
