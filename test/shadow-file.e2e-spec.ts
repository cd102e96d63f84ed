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

/** Answers embeddings for an `input`, and chat for everything else. */
const both =
  (embeddings: Behaviour): Behaviour =>
  (request, response) =>
    (request.path.endsWith('/embeddings') ? embeddings : answer({ words: ['Good', 'bye'] }))(request, response);
const vectors: Behaviour = (_request, response) => {
  const data = [
    { index: 1, embedding: [0, 1] },
    { index: 0, embedding: [1, 1] },
  ];
  json(response, 200, { object: 'list', data, usage: { prompt_tokens: 8 } });
};

describe('With a route for embeddings', () => {
  test('answers are compared by their meaning as well', async () => {
    const [pair] = await pairsOf({ embeddingRoute: 'chat', to: 'green' }, both(vectors));
    expect(pair!.comparison).toMatchObject({ embeddingSimilarity: null });
    const { blue } = shadowing.sending;
    blue.always((request, response) =>
      request.path.endsWith('/embeddings') ? vectors(request, response) : answer()(request, response),
    );
    const pairs = shadowing.pairs(1);
    await shadowing.sending.router.complete('chat', REQUEST);
    const [next] = await pairs;
    expect(next!.comparison!.embeddingSimilarity).toBeCloseTo(Math.SQRT1_2);
    expect(blue.calls.at(-1)!.body).toEqual({ model: 'blue-model', input: ['Hello there', 'Goodbye'] });
  });

  test('a pair without its embeddings keeps its other figures', async () => {
    const [pair] = await pairsOf({ embeddingRoute: 'chat' }, both(fail(500)));
    expect(pair!.comparison).toMatchObject({ embeddingSimilarity: null, textSimilarity: expect.any(Number) });
  });
});
