import { afterEach, describe, expect, test } from '@jest/globals';
import type { PauseReason } from 'nestjs-blue-green';
import { fail } from './support/fake-provider.js';
import { Staged } from './support/staged.js';

/** The clock of these tests begins on a Thursday, midnight UTC. */
const OFFICE = [{ cron: '* 9-16 * * 1-5', tz: 'UTC' }];

let staged: Staged;
afterEach(() => staged.sending.stop());

const steps = (holdConditions: object) => [
  {
    setWeight: 50,
    duration: '10m',
    holdConditions: { minSampleSize: { canary: 3, baseline: 3 }, ...holdConditions },
  },
  { setWeight: 100, duration: '10m', holdConditions: { minSampleSize: { canary: 3, baseline: 0 } } },
];

const expectPaused = (reason: PauseReason) => expect(staged.status.phase).toMatchObject({ name: 'Paused', reason });

const shadowed = () => staged.status.decision!.gates.find(({ gate }) => gate === 'shadow-failures')!.sample.canary;

async function pairs(least: number): Promise<void> {
  while (shadowed() < least) await new Promise(setImmediate);
}

describe('a shadow stage', () => {
  const shadow = { percentage: 100, concurrency: 50, duration: '10m', minPairs: 5 };

  test('mirrors at 0%, and goes on to the canary with its pairs and its time', async () => {
    staged = await Staged.start({ shadow });
    await staged.rollouts.start('chat');
    expect([staged.status.phase.name, staged.weight]).toEqual(['Shadowing', 0]);
    await staged.traffic(6);
    await pairs(5);
    await staged.after(9);
    expect(staged.status).toMatchObject({ phase: { name: 'Shadowing' }, waitsFor: '60 s of this stage are left' });
    await staged.after(1);
    expect([staged.status.phase.name, staged.weight]).toEqual(['Progressing', 50]);
    expect(staged.sending.observed.every(({ environment }) => environment === 'blue')).toBe(true);
  });

  test('ends the rollout when green fails where blue answers', async () => {
    staged = await Staged.start({ shadow });
    await staged.rollouts.start('chat');
    staged.sending.green.always(fail(500));
    await staged.traffic(6);
    await pairs(5);
    await staged.tick();
    expect(staged.status).toMatchObject({ phase: { name: 'RolledBack' } });
    expect(staged.status.waitsFor).toContain('shadow-failures');
  });

  test('spends no more than it may', async () => {
    // A mirror is taken to cost at most what its longest answer would.
    staged = await Staged.start({ shadow: { ...shadow, maxCostUsd: 0 } });
    await staged.rollouts.start('chat');
    await staged.traffic(6);
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
    expect(staged.sending.green.calls).toEqual([]);
  });
});

describe('a step', () => {
  test('without traffic is held, and goes on when there is some; its time goes on where it stood', async () => {
    const [first, last] = steps({});
    staged = await Staged.start({ steps: [{ ...first!, noTrafficGracePeriod: '15m' }, last!] });
    await staged.rollouts.start('chat');
    await staged.after(5);
    expect(staged.status.phase.name).toBe('Progressing');
    await staged.after(15);
    expectPaused('NoTraffic');
    await staged.after(600);
    expectPaused('NoTraffic');
    await staged.traffic();
    await staged.tick();
    expect([staged.status.phase.name, staged.weight]).toEqual(['Progressing', 100]);
  });

  test('is not left by catching up after days without a tick: neither over an approval nor over a closed window', async () => {
    staged = await Staged.start({ steps: steps({ requiresApproval: true, windows: OFFICE }) });
    await staged.rollouts.start('chat');
    await staged.traffic();
    await staged.after(3 * 24 * 60);
    expectPaused('OutsideWindow');
    expect(staged.status.waitsFor).toContain('the next one opens at 2026-01-05T09:00:00.000Z');
    expect(staged.status.until).toBe(Date.UTC(2026, 0, 5, 9));
    await staged.after(33 * 60);
    for (let ticks = 0; ticks < 3; ticks++) await staged.tick();
    expectPaused('AwaitingApproval');
    await staged.rollouts.approve('chat', { actor: 'ada' });
    await staged.after(24 * 60);
    expect([staged.status.phase.name, staged.weight]).toEqual(['Progressing', 100]);
    for (let ticks = 0; ticks < 3; ticks++) await staged.tick();
    expect(staged.status.phase).toMatchObject({ name: 'Progressing', step: 1 });
  });

  test('that leads nowhere is paused, and resumed by hand it has its time again', async () => {
    const [only, last] = steps({});
    staged = await Staged.start({ steps: [{ ...only!, maxDuration: '20m' }, last!] });
    await staged.rollouts.start('chat');
    await staged.traffic(2);
    await staged.after(20);
    expectPaused('Inconclusive');
    await staged.after(60);
    expectPaused('Inconclusive');
    await staged.rollouts.resume('chat');
    expect(staged.status.phase).toMatchObject({ name: 'Progressing', since: staged.sending.clock.now() });
  });
});

test.each(['promotion', 'bake'])(
  'an abort during %s gives everything back, and asked again does nothing',
  async (when) => {
    staged = await Staged.start({});
    await staged.rollouts.start('chat');
    if (when === 'bake') {
      for (let stage = 0; stage < 2; stage++) {
        await staged.traffic();
        await staged.after(10);
      }
      expect(staged.status.phase.name).toBe('Baking');
      await staged.rollouts.rollback('chat');
    } else {
      await Promise.all([staged.rollouts.promote('chat'), staged.rollouts.rollback('chat')]);
    }
    expect([staged.status.phase.name, staged.weight]).toEqual(['RolledBack', 0]);
    const { revision } = staged.rollouts;
    await staged.rollouts.rollback('chat');
    expect(staged.rollouts.revision).toBe(revision);
  },
);
