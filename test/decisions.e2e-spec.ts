import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EvaluationService, type JournalEntry, type RolloutService } from 'nestjs-blue-green';
import { CanaryScheduler } from '../lib/rollout/canary-scheduler.js';
import { answer, fail, type Behaviour } from './support/fake-provider.js';
import { turn } from './support/rollouts.js';
import { REQUEST, Sending } from './support/sending.js';

const MINUTE = 60_000;
/** Long enough that nothing but the evidence ends a step. */
const STEP = { setWeight: 25, duration: '10h' };
const GATES = [
  { kind: 'errorRate' as const, tolerance: 0 },
  { kind: 'latency' as const, tolerance: 0.2, quantile: 0.95 },
  { kind: 'cost' as const, tolerance: 0.1 },
];

let sending: Sending;
let entries: JournalEntry[];
let asked: number;

beforeEach(async () => {
  asked = 0;
  entries = [];
  sending = await Sending.start({
    options: {
      rollout: { steps: [STEP], gates: GATES, fastTrip: { consecutiveFailures: 0 } },
      prices: { 'blue-model': { input: 10, output: 20 }, 'green-model': { input: 10, output: 20 } },
    },
  });
  sending.rollouts.events$.subscribe((entry) => entries.push(entry));
});
afterEach(() => sending.stop());

const status = (): ReturnType<RolloutService['status']> => sending.rollouts.status('chat');
const phase = (): string | undefined => status().rollout?.phase.name;
const decision = () => status().rollout?.decision;
const tick = (): Promise<void> => sending.app.get(CanaryScheduler).tick();

/** Requests of as many users, who go where chance sends them. */
async function ask(times: number): Promise<void> {
  for (let n = 0; n < times; n += 50) {
    const batch = Array.from({ length: Math.min(50, times - n) }, () =>
      sending.router.complete('chat', REQUEST, { key: `user-${asked++}` }).catch(() => undefined),
    );
    await Promise.all(batch);
  }
  await turn();
}

/** Fails this many in a hundred, evenly. */
function failing(percent: number, code = 500): Behaviour {
  let calls = 0;
  return (request, response) => {
    const fails = (++calls * percent) % 100 < percent;
    return (fails ? fail(code) : answer())(request, response);
  };
}

const words = (count: number): Behaviour => answer({ usage: { inputTokens: 100, outputTokens: count } });
const says = (text: string): Behaviour => answer({ words: [text] });

describe('a decision over real calls', () => {
  test('leaves a green alone that is as good as blue, failures and all', async () => {
    sending.blue.always(failing(2));
    sending.green.always(failing(2));
    await sending.rollouts.start('chat');
    await ask(1_500);
    await tick();
    expect(phase()).toBe('Progressing');
    expect(decision()?.gates.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
  });

  test('reverts a green that fails three times as often, and says on which figures', async () => {
    sending.blue.always(failing(4));
    sending.green.always(failing(12));
    await sending.rollouts.start('chat');
    for (let n = 0; n < 40 && phase() === 'Progressing'; n++) await ask(50);
    expect(phase()).toBe('RolledBack');
    const { evidence } = entries.at(-1)!;
    expect(evidence[0]).toMatchObject({ gate: 'error-rate-against-baseline', verdict: 'fail' });
    expect(evidence[0]!.evidence!.value).toBeGreaterThanOrEqual(evidence[0]!.evidence!.limit);
  });

  test.each([
    ['refuses a third of what blue takes', 400],
    ['finds a third of it too large', 413],
    ['is short of quota for a third', 429],
  ])('reverts a green that %s, and says so', async (_, code) => {
    sending.green.always(failing(34, code));
    await sending.rollouts.start('chat');
    for (let n = 0; n < 10 && phase() === 'Progressing'; n++) await ask(50);
    expect(phase()).toBe('RolledBack');
    expect(entries.at(-1)!.reason).toMatch(
      /^error-rate-against-baseline: \d+ users were refused by green and none by blue, though blue has 75% of the traffic$/,
    );
  });

  test('does not blame green for what callers get wrong, however many of them', async () => {
    for (const upstream of [sending.blue, sending.green]) upstream.always(failing(10, 400));
    await sending.rollouts.start('chat');
    await ask(1_500);
    await tick();
    expect(phase()).toBe('Progressing');
    expect(decision()?.gates[0]).toMatchObject({
      verdict: 'pass',
      message: expect.stringMatching(/were refused by green/),
    });
  });

  test('reverts a green that hangs before any of its calls has ended', async () => {
    await ask(60);
    await sending.rollouts.start('chat');
    sending.green.always(() => {});
    const before = sending.observed.length;
    const hanging = Promise.all([ask(50), ask(50)]);
    // Blue has answered all of its own. The others, about a quarter, wait for green.
    while (sending.observed.length - before + sending.green.calls.length < 100) await turn();
    sending.clock.advance(200);
    await turn();
    expect(phase()).toBe('RolledBack');
    expect(entries.at(-1)!.reason).toMatch(
      /\d+ users waited longer than \d+ ms on green and none longer than \d+ ms on blue, though blue has 75% of the traffic/,
    );
    // By then a whole answer has taken too long.
    sending.clock.advance(11 * MINUTE);
    await hanging;
  });

  test('holds in an outage of both, and goes on when it is over', async () => {
    await sending.rollouts.start('chat');
    await ask(400);
    sending.blue.always(fail(503));
    sending.green.always(fail(503));
    await ask(400);
    await tick();
    expect(phase()).toBe('Progressing');
    sending.blue.always(answer());
    sending.green.always(answer());
    await ask(200);
    expect(phase()).toBe('Progressing');
  });

  test('does not blame green for a run of failures that blue has as well', async () => {
    const schedule = { fastTrip: { consecutiveFailures: 5 } };
    await sending.rollouts.start('chat', { schedule });
    sending.blue.always(fail(503));
    sending.green.always(fail(503));
    await ask(200);
    expect(phase()).toBe('Progressing');
    sending.blue.always(answer());
    await ask(200);
    expect(phase()).toBe('RolledBack');
  });
});

describe('money', () => {
  test('a green that costs a fifth more is reverted when a tenth is tolerated', async () => {
    let n = 0;
    sending.blue.always((request, response) => words(100 + (n++ % 10))(request, response));
    sending.green.always((request, response) => words(135 + (n++ % 10))(request, response));
    await sending.rollouts.start('chat');
    for (let round = 0; round < 40 && phase() === 'Progressing'; round++) {
      await ask(100);
      await tick();
    }
    expect(phase()).toBe('RolledBack');
    expect(entries.at(-1)!.reason).toMatch(/^cost-against-baseline: mean cost .* surely more than 10% higher$/);
  });
});

describe('quality', () => {
  let judge: (text: string) => number;

  beforeEach(async () => {
    await sending.stop();
    judge = (text) => (text === 'Good.' ? 0.9 : 0.6);
    sending = await Sending.start({
      options: {
        evaluators: [{ name: 'judge', evaluate: ({ text }) => judge(text), concurrency: 1_000 }, { name: 'thumbs' }],
        rollout: { steps: [STEP], gates: [{ kind: 'quality', evaluator: 'judge', tolerance: 0.05 }] },
      },
    });
    sending.rollouts.events$.subscribe((entry) => entries.push(entry));
    sending.blue.always(says('Good.'));
    await sending.rollouts.start('chat');
  });

  test('a green whose answers are worse is reverted', async () => {
    sending.green.always(says('So so.'));
    for (let round = 0; round < 40 && phase() === 'Progressing'; round++) {
      await ask(100);
      await tick();
    }
    expect(phase()).toBe('RolledBack');
    expect(entries.at(-1)!.reason).toMatch(
      /^quality-judge-against-baseline: mean score of judge is 0\.6 on green and 0\.9 on blue/,
    );
  });

  test('while the judge is down the rollout holds, and nobody is blamed', async () => {
    judge = () => {
      throw new Error('the judge is ill');
    };
    await ask(400);
    await tick();
    expect(decision()?.gates).toMatchObject([{ verdict: 'error' }]);
    expect(phase()).toBe('Progressing');
    judge = () => 0.9;
    await ask(400);
    expect(decision()?.gates[0]!.verdict).not.toBe('error');
  });

  test('people may say what they think of an answer, once', async () => {
    const { requestId } = await sending.router.complete('chat', REQUEST, { key: 'user-1' });
    expect(await sending.router.feedback(requestId, 1, 'thumbs')).toMatchObject({ status: 'counted' });
    expect(await sending.router.feedback(requestId, 0, 'thumbs')).toMatchObject({ status: 'already_scored' });
    expect(sending.app.get(EvaluationService).status['thumbs']).toMatchObject({ scored: 1 });
  });
});
