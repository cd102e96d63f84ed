import { describe, expect } from '@jest/globals';
import * as fc from 'fast-check';
import { bodyOf, watchdog } from '../../test/support/body-of.js';
import { anyBytes, anyCuts, cut, fuzz } from '../../test/support/fuzz.js';
import { DIALECTS } from './dialects/dialects.js';
import type { Dialect } from './dialects/dialect.js';
import type { JsonObject } from '../kit/json.js';
import { EventReader, type SseEvent } from './sse.js';
import { UpstreamFailure } from './upstream-failure.js';
import { UpstreamStream } from './upstream-stream.js';

function eventsIn(parts: readonly Uint8Array[]): SseEvent[] {
  const reader = new EventReader();
  return parts.flatMap((part) => reader.read(part));
}

const sseText = fc
  .array(
    fc.constantFrom('data', 'event', ':', ': ', '\n', '\r', '\r\n', '\n\n', '\uFEFF', '🟢', 'ü', '[DONE]', '{"a":1}'),
  )
  .map((parts) => Buffer.from(parts.join('')));

describe('any bytes as server-sent events', () => {
  fuzz(
    'are the same events, however they are cut into packets',
    fc.tuple(fc.oneof(anyBytes, sseText), anyCuts),
    ([bytes, places]) => {
      expect(eventsIn(cut(bytes, places))).toEqual(eventsIn([bytes]));
    },
  );
});

/** Events as each format has them, in any order and with anything wrong about them. */
const PIECES: Readonly<Partial<Record<Dialect['name'], readonly string[]>>> = {
  'openai-chat': [
    '{"model":"m","choices":[{"index":0,"delta":{"role":"assistant"}}]}',
    '{"choices":[{"index":0,"delta":{"content":"Grüße 🟢"},"finish_reason":null}]}',
    '{"choices":[{"index":1,"delta":{"tool_calls":[{"index":0}]},"finish_reason":""}]}',
    '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
    '{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}',
    '{"error":{"code":"rate_limit_exceeded","message":"no"}}',
    '[DONE]',
  ],
  'openai-responses': [
    '{"type":"response.created","response":{"model":"m","status":"in_progress"}}',
    '{"type":"response.output_item.added","item":{"type":"function_call"}}',
    '{"type":"response.output_text.delta","delta":"Grüße 🟢"}',
    '{"type":"response.completed","response":{"status":"completed","usage":{"input_tokens":3,"output_tokens":2}}}',
    '{"type":"response.failed","response":{"error":{"code":"server_error"}}}',
    '{"type":"error","code":"x"}',
  ],
  'anthropic-messages': [
    '{"type":"message_start","message":{"model":"m","usage":{"input_tokens":3}}}',
    '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Grüße 🟢"}}',
    '{"type":"content_block_stop","index":0}',
    '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}',
    '{"type":"message_stop"}',
    '{"type":"error","error":{"type":"overloaded_error"}}',
  ],
};

const JUNK = [
  '{',
  'null',
  '[]',
  '{"__proto__":{"text":"x"}}',
  '{"type":7}',
  '{"choices":[null,7]}',
  '{"error":"x"}',
  '',
];
const BODY: JsonObject = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true };

const ASKED = { inputTokens: () => 1, wantsUsage: false, hideUsage: true, asEvents: () => [] };

/** All that a caller and the books are told of a stream. */
async function toldOf(dialect: Dialect, parts: readonly Uint8Array[]) {
  const limits = watchdog();
  const body = bodyOf(parts, limits);
  const stream = new UpstreamStream(body, dialect.readStream(BODY), ASKED, limits, 1_000);
  const events: unknown[] = [];
  let failure: string | undefined;
  try {
    for await (const batch of stream) events.push(...batch);
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    failure = error.failure;
  }
  const { usage, model, finishReason, complete, contentChunks } = stream;
  return { events, failure, usage, model, finishReason, complete, contentChunks };
}

describe.each(DIALECTS.filter(({ name }) => PIECES[name]))('a stream of $name', (dialect) => {
  const piece = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...PIECES[dialect.name]!) },
    { weight: 1, arbitrary: fc.constantFrom(...JUNK) },
    { weight: 1, arbitrary: fc.json({ maxDepth: 2 }) },
  );
  const lines = fc.tuple(
    piece,
    fc.constantFrom('\n\n', '\r\n\r\n', '\r\r', '\n'),
    fc.constantFrom('', ':hi\n', 'event: x\n'),
  );
  const streamed = fc
    .array(lines, { maxLength: 8 })
    .map((all) => Buffer.from(all.map(([data, end, before]) => `${before}data: ${data}${end}`).join('')));

  fuzz(
    'says the same however its bytes are cut, and ends whole or with one of our failures',
    fc.tuple(streamed, anyCuts),
    async ([bytes, places]) => {
      const whole = await toldOf(dialect, [bytes]);
      expect(await toldOf(dialect, cut(bytes, places))).toEqual(whole);
      if (whole.failure === undefined) expect(whole.complete).toBe(true);
    },
  );
});
