import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JournalEntry } from 'nestjs-blue-green';
import { CanaryScheduler } from '../lib/rollout/canary-scheduler.js';
import { fail } from './support/fake-provider.js';
import { REQUEST, Sending } from './support/sending.js';
import { turn } from './support/rollouts.js';

const MINUTE = 60_000;
const SCHEDULE = {
  steps: [5, 25, 50, 100].map((setWeight) => ({
    setWeight,
    duration: '10m',
    holdConditions: { minSampleSize: { canary: 10, baseline: 10 } },
  })),
  gates: [{ name: 'errors', kind: 'errorRate' as const, max: 0.05, minSampleSize: 10 }],
  finalBakeTime: '10m',
};

let sending: Sending;
let entries: JournalEntry[];
beforeEach(async () => {
  sending = await Sending.start({ options: { rollout: SCHEDULE } });
  entries = [];
  sending.rollouts.events$.subscribe((entry) => entries.push(entry));
});
afterEach(() => sending.stop());

async function ask(environment: string, times: number): Promise<void> {
  await Promise.all(Array.from({ length: times }, () => sending.router.complete('chat', REQUEST, { environment })));
}

const phase = () => sending.rollouts.status('chat').rollout?.phase.name;

describe('a rollout over real calls', () => {
  test('walks to success while green answers', async () => {
    await sending.rollouts.start('chat');
    const weights: number[] = [];
    for (let stage = 0; stage < 5; stage++) {
      weights.push(sending.rollouts.status('chat').weights['green']!);
      await Promise.all([ask('green', 10), ask('blue', 10)]);
      sending.clock.advance(10 * MINUTE);
      await sending.app.get(CanaryScheduler).tick();
    }
    expect(weights).toEqual([5, 25, 50, 100, 100]);
    expect(phase()).toBe('Succeeded');
    expect(await sending.router.complete('chat', REQUEST)).toMatchObject({ environment: 'green', version: 'v2' });
  });

  test('that is promoted and aborted at once ends where it came from, whoever was first, and every caller is answered', async () => {
    for (const verbs of [['promote', 'rollback'] as const, ['rollback', 'promote'] as const]) {
      await sending.rollouts.start('chat');
      const calls = ask('green', 10);
      const done = verbs.map((verb) => sending.rollouts[verb]('chat').catch((error: unknown) => error));
      await Promise.all([calls, ...done]);
      expect(phase()).toBe('RolledBack');
      expect(sending.rollouts.status('chat')).toMatchObject({ active: 'blue', weights: { blue: 100, green: 0 } });
      expect(await sending.router.complete('chat', REQUEST)).toMatchObject({ environment: 'blue', fallback: false });
    }
  });

  test('takes green back after a run of failures that blue could answer, while every caller got an answer', async () => {
    sending.green.always(fail(500));
    const gates = [{ ...SCHEDULE.gates[0]!, minSampleSize: 50 }];
    await sending.rollouts.start('chat', { schedule: { steps: [{ setWeight: 100, duration: '1h' }], gates } });
    let asked = 0;
    while (phase() === 'Progressing' && asked < 16) {
      expect(await sending.router.complete('chat', REQUEST)).toMatchObject({ environment: 'blue', fallback: true });
      asked++;
      await turn();
    }
    // Five in a row at the least: fewer could be chance.
    expect(asked).toBeGreaterThanOrEqual(5);
    expect(phase()).toBe('RolledBack');
    expect(await sending.router.complete('chat', REQUEST)).toMatchObject({ environment: 'blue', fallback: false });
    expect(entries.at(-1)).toMatchObject({ type: 'RolledBack', actor: 'system', evidence: [{ gate: 'errors' }] });
  });
});
