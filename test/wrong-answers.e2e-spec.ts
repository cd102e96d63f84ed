import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { unitsCounted } from './support/observations.js';
import { json, type Behaviour } from './support/fake-provider.js';
import { readAll, REQUEST, Sending } from './support/sending.js';

const gates = [{ kind: 'wrongAnswers' as const, tolerance: 0, minSampleSize: 5 }];
const steps = [{ setWeight: 50, duration: '1h' }];

/** An answer without text, as a provider sends it. */
const empty: Behaviour = (_request, response) => {
  const choices = [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'stop' }];
  json(response, 200, { id: 'c1', object: 'chat.completion', model: 'green-model', choices });
};

describe.each(['express', 'fastify'] as const)('on %s, a canary whose answers are of no use', (adapter) => {
  let sending: Sending;
  beforeEach(async () => {
    sending = await Sending.start({ adapter, options: { rollout: { steps, gates, preflight: false } } });
  });
  afterEach(() => sending.stop());

  const wrongOn = (environment: string) => {
    const { epoch, segment } = sending.rollouts.route('chat');
    return unitsCounted(sending.telemetry, 'wrongAnswer', { environment, segment, epoch });
  };

  test('is reverted, though every request succeeds', async () => {
    await sending.rollouts.start('chat');
    sending.green.always(empty);
    for (let n = 0; n < 60 && sending.rollouts.status('chat').rollout?.phase.name !== 'RolledBack'; n++) {
      await sending.router.complete('chat', REQUEST, { key: `user-${n}` });
      await nextTurn();
    }
    const { rollout } = sending.rollouts.status('chat');
    expect(rollout?.phase).toMatchObject({ name: 'RolledBack', reason: expect.stringContaining('useless answers') });
  });

  test('counts a user once, and only while a rollout compares', async () => {
    sending.green.always(empty);
    await sending.router.complete('chat', REQUEST, { environment: 'green' });
    await sending.rollouts.start('chat');
    const onGreen = Array.from({ length: 50 }, (_, n) => `user-${n}`);
    for (const key of [...onGreen.slice(0, 3), ...onGreen.slice(0, 3)]) {
      await sending.router.complete('chat', REQUEST, { key });
      await nextTurn();
    }
    const asked = sending.observed.slice(1).filter(({ environment }) => environment === 'green');
    expect(wrongOn('green')).toBe(new Set(asked.map(({ unit }) => unit)).size);
    expect(wrongOn('blue')).toBe(0);
  });

  test('is found in streams, too', async () => {
    await sending.rollouts.start('chat');
    sending.green.always((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const choices = [{ index: 0, delta: { content: 'Your' }, finish_reason: 'length' }];
      response.end(`data: ${JSON.stringify({ id: 'c1', model: 'green-model', choices })}\n\ndata: [DONE]\n\n`);
    });
    for (let n = 0; n < 6; n++) await readAll(sending.router.stream('chat', REQUEST, { key: `user-${n}` }));
    await nextTurn();
    expect(wrongOn('green')).toBeGreaterThan(0);
  });
});
