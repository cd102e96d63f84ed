import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MINUTE, Replica, turn } from '../../test/support/rollouts.js';
import type { JournalEntry } from '../domain/events.js';
import { reduce } from '../domain/reduce.js';
import { emptyState } from '../domain/state.js';
import { walkTo } from '../domain/walk-commands.js';

let replica: Replica;
beforeEach(async () => {
  replica = await Replica.start();
});
afterEach(() => replica.stop());

const status = () => replica.rollouts.status('chat');

describe('a version that gates have reverted', () => {
  beforeEach(async () => {
    await replica.rollouts.start('chat');
    replica.traffic('blue', 200);
    replica.traffic('green', 30, { outcome: 'server_error' });
    await turn();
    expect(replica.phase).toBe('RolledBack');
  });

  test('is not tried again by code that starts at every boot', async () => {
    for (let boot = 0; boot < 2; boot++) {
      await expect(replica.rollouts.start('chat')).rejects.toMatchObject({ code: 'reverted_version', status: 409 });
    }
    expect(replica.history.filter((type) => type === 'RolloutStarted')).toHaveLength(1);
  });

  test('is tried again when a person asks for it, and the earlier verdict is recorded', async () => {
    const { id } = status().rollout!;
    const { rollout } = await replica.rollouts.start('chat', { actor: 'ada' });
    const reason = expect.stringContaining('green');
    expect(rollout).toMatchObject({ phase: { name: 'Progressing' }, earlier: { rolloutId: id, reason } });
    expect(replica.entries.at(-1)).toMatchObject({ type: 'RolloutStarted', earlier: { rolloutId: id } });
  });

  test('is tried again by force, with a reason', async () => {
    await replica.rollouts.start('chat', { force: true, reason: 'the provider was down' });
    expect(replica.phase).toBe('Progressing');
  });

  test('is tried again by a walk of a policy, with the earlier verdict and a warning', async () => {
    const walk = { increment: 10, interval: MINUTE };
    const command = await replica.rollouts.prepareShift('chat', walk, (made) => walkTo({ blue: 50, green: 50 }, made));
    const [started] = command(replica.store.route('chat'));
    expect(started).toMatchObject({ type: 'RolloutStarted', earlier: { reason: expect.stringContaining('green') } });
  });

  test('is given traffic by hand: recorded with the earlier verdict, and warned of as long as it has some', async () => {
    await replica.rollouts.setTrafficWeights('chat', { blue: 90, green: 10 }, { actor: 'ada' });
    expect(replica.entries.at(-1)).toMatchObject({ type: 'WeightsSet', earlier: { reason: expect.any(String) } });
    expect(status().warnings).toEqual([expect.stringMatching(/^"green" has traffic with v2, which was reverted at 2026-.*: .*failed/)]); // prettier-ignore
    await replica.rollouts.setTrafficWeights('chat', { blue: 80, green: 20 }, { actor: 'ada' });
    expect(replica.entries.at(-1)).not.toHaveProperty('earlier');
    await replica.rollouts.setTrafficWeights('chat', { blue: 100, green: 0 }, { actor: 'ada' });
    expect(status().warnings).toEqual([]);
  });

  test('is not forgiven by a walk that is lowered to nothing', async () => {
    await replica.rollouts.start('chat', { actor: 'ada' });
    const walk = { rolloutId: 'w', seed: 's', increment: 10, plan: () => replica.store.route('chat').rollout!.plan };
    const [lowered] = walkTo({ blue: 100, green: 0 }, walk)(replica.store.route('chat'));
    expect(lowered).toMatchObject({ lowered: true });
    const entry = { ...lowered!, revision: 99, at: 0, actor: 'ada', reason: '', evidence: [] } as JournalEntry;
    const { routes } = reduce(
      { ...emptyState, revision: 98, routes: new Map([['chat', replica.store.route('chat')]]) },
      entry,
    );
    expect(routes.get('chat')!.reverted).toHaveLength(1);
  });

  test('is forgiven once it has succeeded', async () => {
    await replica.rollouts.start('chat', { actor: 'ada' });
    await replica.rollouts.promote('chat');
    expect(replica.store.route('chat').reverted).toBeUndefined();
  });
});

test('a rollback by hand marks no version', async () => {
  await replica.rollouts.start('chat');
  await replica.rollouts.rollback('chat', { actor: 'ada' });
  const { rollout } = await replica.rollouts.start('chat');
  expect(rollout).toMatchObject({ phase: { name: 'Progressing' } });
  expect(rollout).not.toHaveProperty('earlier');
});
