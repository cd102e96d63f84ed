import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { anyAnswer, chunksOf, saidIn } from '../../test/support/translate/answers.js';
import { anyAsked } from '../../test/support/translate/asked.js';
import type { JsonObject } from '../kit/json.js';
import type { AnswerContext } from './answer-context.js';
import type { ModelAnswer, ModelChunk } from './model.js';
import { Translation, type Translated } from './translation.js';

const FORMATS = ['openai-chat', 'anthropic-messages', 'openai-responses'] as const;
const PAIRS = FORMATS.flatMap((a) => FORMATS.map((b) => [a, b] as const));

const context: AnswerContext = { id: 'x1', created: 1, model: 'm', body: {} };

const request = (from: Translated, to: Translated, body: JsonObject) =>
  new Translation(from, to).request(body, false).body;

describe.each(PAIRS)('from %s to %s', (from, to) => {
  test('and back, a request says the same', () => {
    fc.assert(
      fc.property(anyAsked, (asked) => {
        const wire = request('ai-sdk', from, asked as unknown as JsonObject);
        // On the way to responses we ask not to keep them, and chat completions have that field too.
        const added = from === 'openai-chat' && to === 'openai-responses' ? { store: false } : {};
        expect(request(to, from, request(from, to, wire))).toEqual({ ...wire, ...added });
      }),
    );
  });

  test('an answer says the same, whole and streamed', () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        const upstreams = new Translation(to, 'ai-sdk').answer(answer as unknown as JsonObject, context);
        const callers = new Translation(from, to).answer(upstreams, context);
        const read = new Translation('ai-sdk', from).answer(callers, context) as unknown as ModelAnswer;
        const said = saidIn(chunksOf(read));
        expect(said).toEqual(saidIn(chunksOf(answer)));
        expect(streamed(from, to, chunksOf(answer))).toEqual(said);
      }),
    );
  });

  test('a stream that breaks off has no end', () => {
    fc.assert(
      fc.property(anyAnswer, fc.nat({ max: 60 }), (answer, cut) => {
        const chunks = chunksOf(answer);
        const said = streamed(from, to, chunks.slice(0, Math.min(cut, chunks.length - 1)));
        expect(said.some((part) => typeof part === 'object' && part !== null && 'end' in part)).toBe(false);
      }),
    );
  });
});

/** The parts as the upstream would stream them, as its caller would get them. */
function streamed(from: Translated, to: Translated, chunks: readonly ModelChunk[]): unknown[] {
  const out = new Translation(to, 'ai-sdk').stream(context);
  const across = new Translation(from, to).stream(context);
  const back = new Translation('ai-sdk', from).stream(context);
  const events = chunks.flatMap((chunk) => out.read({ event: undefined, data: JSON.stringify(chunk) }));
  const crossed = [...events.flatMap((event) => across.read(event)), ...across.end()];
  const read = [...crossed.flatMap((event) => back.read(event)), ...back.end()];
  return saidIn(read.map(({ data }) => JSON.parse(data) as ModelChunk));
}
