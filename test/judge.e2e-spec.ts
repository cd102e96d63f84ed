import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EvaluationService, judge, RequestLog, type JournalEntry } from 'nestjs-blue-green';
import { answer, fail } from './support/fake-provider.js';
import { Judged } from './support/judged.js';

const MINUTE = 60_000;

let judged: Judged;
let entries: JournalEntry[];

beforeEach(async () => {
  judged = await Judged.start({
    evaluators: [
      { name: 'judge', evaluate: judge({ route: 'judges', criteria: 'It is warm.' }), concurrency: 100 },
      { name: 'everybody', evaluate: () => 1 },
    ],
    rollout: {
      steps: [{ setWeight: 50, duration: '10h' }],
      gates: [{ kind: 'quality', evaluator: 'judge', tolerance: 0.1 }],
    },
    requestLog: { content: true },
  });
  entries = [];
  judged.rollouts.events$.subscribe((entry) => entries.push(entry));
  judged.blue.always(answer({ words: ['A warm welcome.'] }));
  judged.green.always(answer({ words: ['Hm.'] }));
  judged.judge.always(({ body }, response) => {
    const [{ content }] = body['messages'] as [{ content: string }];
    const score = content.includes('A warm welcome.') ? 5 : 2;
    return answer({ words: [`{"reason": "as it is", "score": ${score}}`] })(
      { ...judged.judge.calls.at(-1)!, body },
      response,
    );
  });
});
afterEach(() => judged.stop());

describe('A judge through a route', () => {
  test('has a green reverted whose answers it likes less', async () => {
    await judged.rollouts.start('chat');
    for (let round = 0; round < 20 && judged.phase === 'Progressing'; round++) {
      await judged.ask(50);
      await judged.tick();
    }
    expect(judged.phase).toBe('RolledBack');
    expect(entries.at(-1)!.reason).toMatch(
      /^quality-judge-against-baseline: mean score of judge is 0\.25 on green and 1 on/,
    );
  });

  test('is asked once for each answer, and its own calls are scored by nobody', async () => {
    await judged.ask(10);
    const { judge: itself, everybody } = judged.app.get(EvaluationService).status;
    expect(judged.judge.calls).toHaveLength(10);
    expect(itself).toMatchObject({ scored: 10, failed: 0 });
    expect(everybody).toMatchObject({ scored: 10 });
  });

  test('is not asked what it thinks of answers of its own route, whoever wanted those', async () => {
    await judged.ask(1, 'judges');
    expect(judged.judge.calls).toHaveLength(1);
    expect(judged.app.get(EvaluationService).status).toMatchObject({
      judge: { scored: 0, skipped: 1 },
      everybody: { scored: 1 },
    });
  });

  test('leaves nothing of what was said in the log of requests, where it is a call like any other', async () => {
    await judged.ask(1);
    const lines = await judged.app.get(RequestLog).recent();
    expect(lines.map(({ route, content }) => [route, content !== undefined])).toEqual([
      ['judges', false],
      ['chat', true],
    ]);
  });
});

describe('While the judge is down', () => {
  test('the rollout holds, is paused for want of a gate, and goes on with the judge: green is never blamed', async () => {
    judged.judge.always(fail(503));
    await judged.rollouts.start('chat');
    for (let check = 0; check < 4; check++) {
      await judged.ask(20);
      expect(judged.phase).toBe('Progressing');
      await judged.tick();
      judged.clock.advance(30_000);
    }
    await judged.tick();
    expect(judged.rollouts.route('chat').rollout!.phase).toMatchObject({ name: 'Paused', reason: 'GateError' });
    expect(judged.app.get(EvaluationService).status['judge']).toMatchObject({ scored: 0, failed: 80 });

    judged.judge.always(answer({ words: ['{"score": 4}'] }));
    await judged.ask(150);
    await judged.tick();
    expect(judged.phase).toBe('Progressing');
    await judged.tick();
    expect(judged.rollouts.status('chat').rollout!.decision!.gates).toMatchObject([{ verdict: 'pass' }]);
    expect(entries.map(({ type }) => type)).toEqual(['RolloutStarted', 'RolloutPaused', 'RolloutResumed']);
  });

  test('and hangs, its calls are given up', async () => {
    judged.judge.always(() => {});
    const asked = judged.ask(1);
    while (judged.judge.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const { judge: meanwhile } = judged.app.get(EvaluationService).status;
    judged.clock.advance(MINUTE);
    await asked;
    await judged.judge.calls[0]!.closed;
    expect(meanwhile).toEqual({ scored: 0, failed: 0, skipped: 0, shed: 0, open: 1 });
    expect(judged.app.get(EvaluationService).status['judge']).toMatchObject({ failed: 1, open: 0 });
  });

  test('what it says instead of a score is an error of its own, and nobody reads it in the log', async () => {
    judged.judge.always(answer({ words: ['I liked the secret of the prompt.'] }));
    await judged.rollouts.start('chat');
    await judged.ask(5);
    await judged.tick();
    expect(judged.rollouts.status('chat').rollout!.decision!.gates).toMatchObject([{ verdict: 'error' }]);
    expect(judged.logged.filter((line) => line.includes('"judge"'))).toEqual([
      'Evaluator "judge" has failed 3 times in a row (RangeError): its gates hold',
    ]);
    expect(judged.logged.join()).not.toContain('secret');
  });
});
