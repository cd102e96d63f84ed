import { describe, expect, test } from '@jest/globals';
import { exchange } from '../../../test/support/exchange.js';
import { wrongAnswer } from './wrong-answer.js';

const tools = [{ type: 'function', function: { name: 'track', parameters: { type: 'object' } } }];
const call = (name: string, text: string) => ({ calls: [{ name, arguments: text }], finishReason: 'tool_calls' });
const json = { response_format: { type: 'json_object' } };

describe('an answer of no use', () => {
  test.each([
    ['empty', {}],
    ['empty', { text: ' \n' }],
    ['cut_off', { text: 'Your parcel is', finishReason: 'length' }],
    ['cut_off', { finishReason: 'length' }],
    ['filtered', { finishReason: 'content_filter' }],
    ['filtered', { text: 'I cannot say.', refused: true }],
    ['not_json', { text: 'Your parcel is in Leipzig.', prepared: json }],
    ['broken_tool_call', { prepared: { tools }, ...call('track', '{"id":') }],
    ['broken_tool_call', { prepared: { tools }, ...call('track', '[7]') }],
    ['broken_tool_call', { prepared: { tools }, ...call('fly', '{}') }],
    ['cut_off', { dialect: 'anthropic-messages', text: 'Your', finishReason: 'max_tokens' }],
    ['cut_off', { dialect: 'openai-responses', text: 'Your', finishReason: 'max_output_tokens' }],
  ] as const)('is %s: %j', (fault, different) => {
    expect(wrongAnswer(exchange(different))).toBe(fault);
  });

  test.each([
    { text: 'Your parcel is in Leipzig.' },
    { text: '{"place":"Leipzig"}', prepared: json },
    { prepared: { tools }, ...call('track', '{"id":7}') },
    { prepared: { tools }, ...call('track', '') },
    { prepared: { tools, ...json }, ...call('track', '{}') },
    { dialect: 'openai-embeddings' as const },
    { dialect: 'openai-compact' as const },
    { dialect: 'openai-responses' as const, finishReason: 'queued' },
    { dialect: 'openai-responses' as const, finishReason: 'in_progress' },
  ])('is not this one: %j', (different) => {
    expect(wrongAnswer(exchange(different))).toBeUndefined();
  });
});
