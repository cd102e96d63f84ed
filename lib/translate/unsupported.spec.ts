import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../kit/json.js';
import { Untranslatable } from './fields.js';
import { Translation, type Translated } from './translation.js';

/** The field that a request cannot be carried over for; `undefined` when it can. */
function refused(from: Translated, to: Translated, body: JsonObject): string | undefined {
  try {
    new Translation(from, to).request(body, false);
    return undefined;
  } catch (error) {
    if (error instanceof Untranslatable) return error.field;
    throw error;
  }
}

const dropped = (from: Translated, to: Translated, body: JsonObject) =>
  new Translation(from, to).request(body, false).dropped;

const hi = [{ role: 'user', content: 'hi' }];
const chat = (more: JsonObject) => ({ model: 'm', messages: hi, ...more });
const said = (part: JsonObject) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }, part] }] });

describe('a request that the other format has no words for is refused by its path', () => {
  test.each<[string, Translated, Translated, JsonObject]>([
    ['n', 'openai-chat', 'anthropic-messages', chat({ n: 2 })],
    ['logprobs', 'openai-chat', 'anthropic-messages', chat({ logprobs: true })],
    ['logit_bias', 'openai-chat', 'openai-responses', chat({ logit_bias: { 7: 1 } })],
    ['seed', 'openai-chat', 'anthropic-messages', chat({ seed: 7 })],
    ['seed', 'openai-chat', 'openai-responses', chat({ seed: 7 })],
    ['stop', 'openai-chat', 'openai-responses', chat({ stop: ['x'] })],
    ['temperature', 'openai-chat', 'anthropic-messages', chat({ temperature: 1.5 })],
    ['presence_penalty', 'openai-chat', 'anthropic-messages', chat({ presence_penalty: 1 })],
    ['response_format', 'openai-chat', 'anthropic-messages', chat({ response_format: { type: 'json_object' } })],
    ['modalities', 'openai-chat', 'anthropic-messages', chat({ modalities: ['text', 'audio'] })],
    ['some_new_field', 'openai-chat', 'anthropic-messages', chat({ some_new_field: 1 })],
    ['tools[0].type', 'openai-chat', 'anthropic-messages', chat({ tools: [{ type: 'web_search' }] })],
    [
      'messages[0].content[1]',
      'openai-chat',
      'anthropic-messages',
      said({ type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } }),
    ],
    [
      'messages[0].content[1].file.file_id',
      'openai-chat',
      'openai-responses',
      said({ type: 'file', file: { file_id: 'f' } }),
    ],
    ['top_k', 'anthropic-messages', 'openai-chat', { messages: hi, max_tokens: 9, top_k: 4 }],
    ['mcp_servers', 'anthropic-messages', 'openai-chat', { messages: hi, max_tokens: 9, mcp_servers: [] }],
    [
      'tools[0].type',
      'anthropic-messages',
      'openai-chat',
      { messages: hi, tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    ],
    ['previous_response_id', 'openai-responses', 'openai-chat', { input: 'hi', previous_response_id: 'resp_1' }],
    ['background', 'openai-responses', 'openai-chat', { input: 'hi', background: true }],
    ['input[0].type', 'openai-responses', 'anthropic-messages', { input: [{ type: 'item_reference', id: 'x' }] }],
    ['include', 'openai-responses', 'anthropic-messages', { input: 'hi', include: ['message.output_text.logprobs'] }],
    [
      'text.format',
      'openai-responses',
      'anthropic-messages',
      { input: 'hi', text: { format: { type: 'json_object' } } },
    ],
    ['topK', 'ai-sdk', 'openai-chat', { prompt: [], topK: 3 }],
  ])('%s, from %s to %s', (field, from, to, body) => {
    expect(refused(from, to, body)).toBe(field);
  });
});

describe('values that say nothing are no reason to refuse', () => {
  test.each<[string, Translated, Translated, JsonObject]>([
    ['null', 'openai-chat', 'anthropic-messages', chat({ seed: null, logit_bias: null, tools: null })],
    ['one answer', 'openai-chat', 'anthropic-messages', chat({ n: 1, logprobs: false, presence_penalty: 0 })],
    ['truncation that is off', 'openai-responses', 'openai-chat', { input: 'hi', truncation: 'disabled' }],
  ])('%s, from %s to %s', (_what, from, to, body) => {
    expect(refused(from, to, body)).toBeUndefined();
  });
});

test('hints that change no word of the answer stay behind, and are named', () => {
  const hints = { metadata: { a: 'b' }, prompt_cache_key: 'k', service_tier: 'auto' };
  expect(dropped('openai-chat', 'anthropic-messages', chat(hints)).toSorted()).toEqual(Object.keys(hints).toSorted());
  const marked = { role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] };
  expect(dropped('anthropic-messages', 'openai-chat', { messages: [marked] })).toEqual(['cache_control']);
});
