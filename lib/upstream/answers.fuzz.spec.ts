import { describe, expect } from '@jest/globals';
import * as fc from 'fast-check';
import { anyText } from '../../test/support/any-text.js';
import { anyJson, changed, fuzz, pollution } from '../../test/support/fuzz.js';
import { CONSEQUENCES } from '../domain/outcome.js';
import { classifyError } from './errors/classify-error.js';
import { errorFacts } from './errors/error-facts.js';
import { retryAdvice } from './errors/retry-advice.js';
import type { Version } from '../domain/version.js';
import { preparedBody } from './prepared-body.js';
import { DIALECTS, type WireDialectName } from './dialects/dialects.js';
import { missingField } from './dialects/dialect.js';
import { type JsonObject, isObject } from '../kit/json.js';
import { retryAfterOf } from '../kit/retry-after.js';

const ANSWERS: Readonly<Record<WireDialectName, unknown>> = {
  'openai-chat': {
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 1 } },
  },
  'openai-responses': {
    model: 'm',
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }],
    usage: { input_tokens: 3, output_tokens: 2, input_tokens_details: { cached_tokens: 1 } },
  },
  'openai-embeddings': { model: 'm', data: [{ embedding: [0.5], index: 0 }], usage: { prompt_tokens: 3 } },
  'openai-completions': {
    model: 'm',
    choices: [{ index: 0, text: 'Hello', finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2 },
  },
  'openai-compact': {
    object: 'response.compaction',
    output: [{ type: 'compaction', encrypted_content: 'gAAAA' }],
    usage: { input_tokens: 3, output_tokens: 2 },
  },
  'anthropic-messages': {
    model: 'm',
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 3, output_tokens: 2, cache_read_input_tokens: 1 },
  },
};

const ASKED: JsonObject = {
  model: 'chat',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
  ],
  input: 'Hi',
  system: [{ type: 'text', text: 'Be brief.' }],
  max_tokens: 5,
  stream_options: { include_usage: false },
};

const VERSION: Version = {
  tag: 'v1',
  model: 'm',
  upstream: 'chat/blue',
  parameters: {
    values: JSON.parse('{"temperature":0,"max_tokens":9,"__proto__":{"polluted":1}}') as JsonObject,
    mode: 'override',
  },
  systemPrompt: { text: 'Be kind.', mode: 'prepend' },
};

const dialects = fc.constantFrom(...DIALECTS);
const error = { error: { code: 'x', type: 'y', message: 'z' } };

describe('any JSON, in each of the formats,', () => {
  const answers = dialects.chain((dialect) => {
    const json = fc.oneof(changed(ANSWERS[dialect.name]), anyJson);
    return json.map((answer) => ({ dialect, answer }));
  });
  fuzz('is an answer with texts and counts, or none', answers, ({ dialect, answer }) => {
    const reading = dialect.readAnswer(answer);
    if (!reading) return;
    expect(typeof reading.text).toBe('string');
    for (const count of Object.values(reading.usage ?? {})) expect(Number.isFinite(count)).toBe(true);
    if (reading.failure !== undefined) expect(Object.hasOwn(CONSEQUENCES, reading.failure)).toBe(true);
  });

  const status = fc.integer({ min: 100, max: 999 });
  fuzz(
    'is an error of one of our classes',
    fc.tuple(status, fc.oneof(anyJson, changed(error), anyText)),
    ([code, json]) => {
      const facts = errorFacts(json);
      const failure = classifyError(code, facts);
      expect(Object.hasOwn(CONSEQUENCES, failure)).toBe(true);
      const { retryAfter = 0 } = retryAdvice(failure, {}, facts, Date.UTC(2026, 0, 1));
      expect(retryAfter).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(retryAfter)).toBe(true);
    },
  );

  fuzz(
    'is a body that can be made ready for a model, and gives no object another prototype',
    fc.tuple(dialects, changed(ASKED)),
    ([dialect, body]) => {
      if (!isObject(body) || missingField(dialect, body) !== undefined) return;
      const prepared = preparedBody(dialect, body, VERSION).body;
      expect(prepared['model']).toBe('m');
      expect(Object.getPrototypeOf(prepared)).toBe(Object.prototype);
      expect(prepared['polluted']).toBeUndefined();
      expect(pollution()).toEqual([]);
    },
  );
});

describe('a wait that a provider asks for', () => {
  const header = fc.oneof(
    anyText,
    fc.stringMatching(/^\d{0,400}(\.\d{0,5})?$/),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  fuzz(
    'is a time, or none: never less than nothing, never for ever',
    fc.tuple(header, fc.option(header, { nil: undefined })),
    ([seconds, milliseconds]) => {
      const wait = retryAfterOf({ 'retry-after': seconds, 'retry-after-ms': milliseconds }, Date.UTC(2026, 0, 1));
      if (wait === undefined) return;
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(wait)).toBe(true);
    },
  );
});
