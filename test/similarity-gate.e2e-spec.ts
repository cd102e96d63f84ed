import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JournalEntry } from 'nestjs-blue-green';
import { CanaryScheduler } from '../lib/rollout/canary-scheduler.js';
import { answer } from './support/fake-provider.js';
import { turn } from './support/rollouts.js';
import { Shadowing } from './support/shadowing.js';
import { REQUEST } from './support/sending.js';

let shadowing: Shadowing;
let entries: JournalEntry[];

beforeEach(async () => {
  shadowing = await Shadowing.start(
    { concurrency: 50 },
    {
      rollout: {
        steps: [{ setWeight: 5, duration: '10h' }],
        gates: [{ kind: 'quality', evaluator: 'similarity', min: 0.85 }],
      },
    },
  );
  entries = [];
  shadowing.sending.rollouts.events$.subscribe((entry) => entries.push(entry));
  await shadowing.sending.rollouts.start('chat');
});
afterEach(() => shadowing.stop());

/** Requests that blue answers, and their mirrors. */
async function mirrored(times: number): Promise<void> {
  const pairs = shadowing.pairs(times);
  const { router } = shadowing.sending;
  for (let n = 0, mirrors = 0; mirrors < times; n++) {
    const { environment } = await router.complete('chat', REQUEST, { key: `user-${n}` });
    if (environment === 'blue') mirrors++;
  }
  await pairs;
  await turn();
  await shadowing.sending.app.get(CanaryScheduler).tick();
}

const phase = () => shadowing.sending.rollouts.status('chat').rollout!.phase.name;

test('A green that answers mirrored requests otherwise than blue is reverted', async () => {
  shadowing.sending.green.always(answer({ words: ['Quite', ' another', ' answer'] }));
  await mirrored(49);
  expect(phase()).toBe('Progressing');
  await mirrored(5);
  expect(phase()).toBe('RolledBack');
  expect(entries.at(-1)!.reason).toMatch(
    /^quality-similarity: mean score of similarity is 0\S*, .*surely below 0\.85$/,
  );
});

test('A green that answers them alike passes, by as many pairs as there were', async () => {
  await mirrored(60);
  expect(phase()).toBe('Progressing');
  expect(shadowing.sending.rollouts.status('chat').rollout!.decision!.gates).toMatchObject([
    { verdict: 'pass', observed: 1, sample: { canary: 60, baseline: 0 } },
  ]);
});
