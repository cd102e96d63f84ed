import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { answerEmbedding, answerMessage, answerResponse } from './support/dialect-answers.js';
import { Shadowing } from './support/shadowing.js';
import { urlOf } from './support/stage.js';
import { KEY } from './support/gateway.js';

let shadowing: Shadowing;
beforeAll(async () => {
  shadowing = await Shadowing.start();
});
afterAll(() => shadowing.stop());
beforeEach(() => shadowing.sending.reset());

function post(path: string, body: object): Promise<Response> {
  return fetch(`${urlOf(shadowing.sending.app)}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ model: 'chat', ...body }),
  });
}

const messages = { max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] };

describe('Every format is mirrored and compared', () => {
  test.each([
    ['messages', messages, answerMessage],
    ['messages', { ...messages, stream: true }, answerMessage],
    ['responses', { input: 'Hi' }, answerResponse],
    ['responses', { input: 'Hi', stream: true }, answerResponse],
  ])('POST /v1/%s %j', async (path, body, behaviour) => {
    for (const provider of shadowing.sending.providers) provider.always(behaviour);
    const pairs = shadowing.pairs(1);
    const text = await (await post(path, body)).text();
    expect(text).not.toBe('');
    const { green } = shadowing.sending;
    expect(await pairs).toMatchObject([
      {
        stream: 'stream' in body,
        shadow: { outcome: 'ok', environment: 'green' },
        comparison: { textSimilarity: 1, outsideTolerance: false, sameFinishReason: true },
      },
    ]);
    expect(green.calls[0]!.path.endsWith(path)).toBe(true);
  });

  test('embeddings by their tokens, without a word about texts', async () => {
    for (const provider of shadowing.sending.providers) provider.always(answerEmbedding([1, 0]));
    const pairs = shadowing.pairs(1);
    await post('embeddings', { input: 'Hi' });
    expect((await pairs)[0]!.comparison).toMatchObject({ textSimilarity: null, tokenDifference: 0 });
  });
});
