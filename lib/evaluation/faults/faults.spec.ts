import { describe, expect, test } from '@jest/globals';
import { exchange } from '../../../test/support/exchange.js';
import type { Exchange } from '../evaluator.js';
import { brokenToolCall } from './broken-tool-call.js';
import { cutOff } from './cut-off.js';
import { refusal } from './refusal.js';
import { schemaMismatch } from './schema-mismatch.js';

describe('A refusal', () => {
  test.each([
    "I'm sorry, but I can't help with that.",
    'I’m sorry, I cannot assist with that request.',
    'Sorry, but I am not able to provide instructions for this.',
    'As an AI language model, I cannot generate such content.',
    'Unfortunately, we are unable to answer questions of this kind.',
    'I must decline.',
    "I won't write that for you.",
  ])('is told by its words: %s', (text) => {
    expect(refusal(exchange({ text }))).toBe(0);
  });

  test.each([
    'Your parcel is in Leipzig.',
    'Unfortunately, your parcel cannot be delivered today.',
    'Sorry, I cannot find an order with this number.',
    'You cannot help it: it rains.',
    `${'All is well. '.repeat(30)} I cannot help with more.`,
    '',
  ])('is no answer that is merely sorry: %s', (text) => {
    expect(refusal(exchange({ text }))).toBe(1);
  });

  test('is told by the field or the reason that its format has for it', () => {
    expect(refusal(exchange({ refused: true }))).toBe(0);
    expect(refusal(exchange({ finishReason: 'content_filter' }))).toBe(0);
    expect(refusal(exchange({ dialect: 'anthropic-messages', finishReason: 'refusal' }))).toBe(0);
  });

  test('is nothing that a vector could be', () => {
    expect(refusal(exchange({ dialect: 'openai-embeddings' }))).toBeUndefined();
  });
});

describe('An answer that was cut off', () => {
  test.each([
    ['openai-chat', 'length'],
    ['openai-responses', 'max_output_tokens'],
    ['openai-responses', 'incomplete'],
    ['anthropic-messages', 'max_tokens'],
    ['anthropic-messages', 'model_context_window_exceeded'],
    // Servers that translate pass on the word of the vendor behind them.
    ['openai-chat', 'max_tokens'],
    ['openai-chat', 'model_context_window_exceeded'],
  ] as const)('is told by the reason that %s has for it: %s', (dialect, finishReason) => {
    expect(cutOff(exchange({ dialect, finishReason }))).toBe(0);
  });

  test.each([
    ['openai-chat', 'stop'],
    ['openai-chat', 'tool_calls'],
    ['openai-responses', 'completed'],
    ['anthropic-messages', 'end_turn'],
    ['anthropic-messages', 'tool_use'],
  ] as const)('is none that ends by itself, in %s: %s', (dialect, finishReason) => {
    expect(cutOff(exchange({ dialect, finishReason }))).toBe(1);
  });

  test('is nobody knows what without a reason', () => {
    expect(cutOff(exchange({ finishReason: undefined }))).toBeUndefined();
  });
});

function entriesOf<Name extends string, Value>(table: Readonly<Partial<Record<Name, Value>>>): [Name, Value][] {
  return Object.entries(table) as [Name, Value][];
}

const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city'],
  additionalProperties: false,
};
const [FITS, LACKS, FENCED] = ['{"city":"Rome","days":2}', '{"days":2}', '```json\n{"city":"Rome"}\n```'];
const ASKED: Readonly<Partial<Record<Exchange['dialect'], Exchange['prepared']>>> = {
  'openai-chat': { response_format: { type: 'json_schema', json_schema: { name: 'trip', schema } } },
  'openai-responses': { text: { format: { type: 'json_schema', name: 'trip', schema } } },
  'anthropic-messages': { output_config: { format: { type: 'json_schema', schema } } },
};

describe.each(entriesOf(ASKED))('A schema that was asked for in %s', (dialect, prepared) => {
  test('is met, or not', () => {
    expect(schemaMismatch(exchange({ dialect, prepared, text: FITS }))).toBe(1);
    expect(schemaMismatch(exchange({ dialect, prepared, text: LACKS }))).toBe(0);
    expect(schemaMismatch(exchange({ dialect, prepared, text: FENCED }))).toBe(0);
    expect(schemaMismatch(exchange({ dialect, prepared, text: '{"city":"Ro' }))).toBe(0);
  });

  test('does not concern a refusal, nor an answer that calls a tool first', () => {
    expect(schemaMismatch(exchange({ dialect, prepared, refused: true }))).toBeUndefined();
    expect(schemaMismatch(exchange({ dialect, prepared, calls: [{ name: 'find', arguments: '{}' }] }))).toBeUndefined();
  });
});

describe('A schema', () => {
  test('of a tool that had to be called is one too', () => {
    const dialect = 'anthropic-messages';
    const prepared = { tools: [{ name: 'trip', input_schema: schema }], tool_choice: { type: 'tool', name: 'trip' } };
    const calling = (args: string) => exchange({ dialect, prepared, calls: [{ name: 'trip', arguments: args }] });
    expect(schemaMismatch(calling(FITS))).toBe(1);
    expect(schemaMismatch(calling(LACKS))).toBe(0);
    expect(schemaMismatch(exchange({ dialect, prepared, text: 'Rome is nice.' }))).toBe(0);
  });

  test('that was not asked for is not missed', () => {
    expect(schemaMismatch(exchange({ text: 'Rome' }))).toBeUndefined();
    expect(schemaMismatch(exchange({ prepared: { response_format: { type: 'text' } } }))).toBeUndefined();
  });

  test('of any object is what JSON mode asks for', () => {
    const prepared = { response_format: { type: 'json_object' } };
    expect(schemaMismatch(exchange({ prepared, text: '{}' }))).toBe(1);
    expect(schemaMismatch(exchange({ prepared, text: '[]' }))).toBe(0);
  });

  test.each([
    ['of which nobody knows the rest', { $ref: 'https://example.com/trip.json' }],
    ['that never ends', { $ref: '#' }],
    ['with an expression that never ends', { pattern: '^(a+)+$' }],
    ['that is none', 'an object, please'],
  ])('%s is not held against the answer', (_, asked) => {
    const prepared = { text: { format: { type: 'json_schema', schema: asked } } };
    expect(
      schemaMismatch(exchange({ dialect: 'openai-responses', prepared, text: `"${'a'.repeat(64)}!"` })),
    ).toBeUndefined();
  });
});

const FORMATS: Readonly<Partial<Record<Exchange['dialect'], readonly unknown[]>>> = {
  'openai-chat': [{ type: 'function', function: { name: 'trip', parameters: schema } }],
  'openai-responses': [{ type: 'function', name: 'trip', parameters: schema }],
  'anthropic-messages': [{ name: 'trip', input_schema: schema }],
};

describe.each(entriesOf(FORMATS))('A tool call in %s', (dialect, tools) => {
  const calling = (...calls: (readonly [string, string])[]) =>
    exchange({ dialect, prepared: { tools }, calls: calls.map(([name, args]) => ({ name, arguments: args })) });

  test('is sound when the tool was offered and takes these arguments', () => {
    expect(brokenToolCall(calling(['trip', FITS]))).toBe(1);
  });

  test.each([
    ['a tool that nobody offered', ['search', '{}']],
    ['arguments that are no JSON', ['trip', '{"city":']],
    ['arguments that are no object', ['trip', '["Rome"]']],
    ['arguments that the tool does not take', ['trip', LACKS]],
    ['no arguments where some are needed', ['trip', '']],
  ] as const)('is broken with %s, whatever the others are', (_name, call) => {
    expect(brokenToolCall(calling(call))).toBe(0);
    expect(brokenToolCall(calling(['trip', FITS], call))).toBe(0);
  });
});

describe('Tool calls', () => {
  test('are not missed where there are none', () => {
    expect(
      brokenToolCall(exchange({ dialect: 'openai-responses', prepared: { tools: FORMATS['openai-responses'] } })),
    ).toBeUndefined();
  });

  test('of a tool without a schema need no more than an object', () => {
    const prepared = { tools: [{ type: 'bash_20250124', name: 'bash' }] };
    const calls = [{ name: 'bash', arguments: '{"command":"ls"}' }];
    expect(brokenToolCall(exchange({ dialect: 'anthropic-messages', prepared, calls }))).toBe(1);
  });

  test('may be of tools that only the provider knows, where it says so', () => {
    const calls = [{ name: 'trip', arguments: '{}' }];
    const dialect = 'openai-responses';
    for (const prepared of [{ prompt: { id: 'p1' } }, { previous_response_id: 'r1' }, { tools: [{ type: 'mcp' }] }]) {
      expect(brokenToolCall(exchange({ dialect, prepared, calls }))).toBe(1);
    }
  });
});
