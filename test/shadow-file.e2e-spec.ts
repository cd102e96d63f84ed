import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, fail, json, type Behaviour } from './support/fake-provider.js';
import { REQUEST } from './support/sending.js';
import { Shadowing, type ShadowOptions } from './support/shadowing.js';

let directory: string;
let shadowing: Shadowing;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shadow-'));
});
afterAll(() => rm(directory, { recursive: true }));
afterEach(() => shadowing.stop());

async function pairsOf(options: ShadowOptions, behaviour: Behaviour) {
  shadowing = await Shadowing.start(options);
  shadowing.sending.green.always(behaviour);
  const pairs = shadowing.pairs(1);
  await shadowing.sending.router.complete('chat', REQUEST);
  return pairs;
}

const redact = ({ answer: said, shadowAnswer }: { answer: string; shadowAnswer: string }) => [said, shadowAnswer];

describe('shadow-requests.jsonl', () => {
  test('has a line for every pair when the app has closed, without a word of what was said', async () => {
    const file = join(directory, 'figures.jsonl');
    await pairsOf({ file }, answer({ words: ['Good', 'bye'] }));
    await shadowing.sending.app.close();
    const text = await readFile(file, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ route: 'chat', shadow: { environment: 'green', outcome: 'ok' } });
    for (const said of ['parcel', 'Hello', 'Goodbye', 'sk-']) expect(text).not.toContain(said);
  });

  test('has what was said when asked to, behind the redaction', async () => {
    const file = join(directory, 'content.jsonl');
    await pairsOf({ file, storeContent: true, redact }, answer({ words: ['Good', 'bye'] }));
    await shadowing.sending.app.close();
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ content: ['Hello there', 'Goodbye'] });
  });

  test('may be spoilt by a redaction that gives no JSON, and the pair is told of all the same', async () => {
    const file = join(directory, 'spoilt.jsonl');
    const [pair] = await pairsOf({ file, storeContent: true, redact: () => 1n }, answer());
    expect(pair).toMatchObject({ comparison: { textSimilarity: 1 } });
  });
});

const vectors: Behaviour = (_request, response) => {
  const data = [
    { index: 1, embedding: [0, 1] },
    { index: 0, embedding: [1, 1] },
  ];
  json(response, 200, { object: 'list', data, usage: { prompt_tokens: 8 } });
};

/** The figures of a pair, where the live environment answers questions for vectors like this. */
async function compared(embeddings: Behaviour) {
  shadowing = await Shadowing.start({ embeddingRoute: 'chat', to: 'green' });
  const { blue, green, router } = shadowing.sending;
  green.always(answer({ words: ['Good', 'bye'] }));
  blue.always((request, response) => (request.path.endsWith('/embeddings') ? embeddings : answer())(request, response));
  const pairs = shadowing.pairs(1);
  await router.complete('chat', REQUEST);
  const [pair] = await pairs;
  return pair!.comparison!;
}

describe('With a route for embeddings', () => {
  test('answers are compared by their meaning as well', async () => {
    expect((await compared(vectors)).embeddingSimilarity).toBeCloseTo(Math.SQRT1_2);
    expect(shadowing.sending.blue.calls.at(-1)!.body).toEqual({
      model: 'blue-model',
      input: ['Hello there', 'Goodbye'],
    });
  });

  test.each<[what: string, embeddings: Behaviour]>([
    ['they fail', fail(500)],
    ['there is one vector for two answers', (_, response) => json(response, 200, { data: [{ embedding: [1, 1] }] })],
  ])('a pair without its embeddings keeps its other figures: %s', async (_, embeddings) => {
    expect(await compared(embeddings)).toMatchObject({
      embeddingSimilarity: null,
      textSimilarity: expect.any(Number),
    });
  });
});
