import { describe, expect, test } from '@jest/globals';
import { dialectNamed } from '../upstream/dialects/dialects.js';
import { strataOfRequest } from './request-strata.js';

const chat = dialectNamed('openai-chat');
const messages = [{ role: 'user', content: 'Where is my parcel?' }];
const schema = { type: 'json_schema', json_schema: { name: 'place', schema: { type: 'object' } } };

describe('the parts of the traffic', () => {
  test.each([
    ['a plain request', {}, []],
    ['a stream', { stream: true }, ['streamed']],
    ['tools', { tools: [{ type: 'function', function: { name: 'find' } }] }, ['tools']],
    ['an empty list of tools', { tools: [] }, []],
    ['a schema', { response_format: schema }, ['structured']],
    ['a long prompt', { messages: [{ role: 'user', content: 'word '.repeat(1_600) }] }, ['long']],
    ['a prompt just below', { messages: [{ role: 'user', content: 'x'.repeat(7_990) }] }, []],
    [
      'all at once',
      { stream: true, tools: [{}], response_format: { type: 'json_object' } },
      ['streamed', 'tools', 'structured'],
    ],
  ])('of %s', (_what, fields, strata) => {
    expect(strataOfRequest({ dialect: chat, body: { model: 'm', messages, ...fields } })).toEqual(strata);
  });

  test('go by the format of the request', () => {
    const anthropic = {
      dialect: dialectNamed('anthropic-messages'),
      body: { messages, stream: true, tools: [{ name: 'find' }] },
    };
    expect(strataOfRequest(anthropic)).toEqual(['streamed', 'tools']);
    const responses = {
      dialect: dialectNamed('openai-responses'),
      body: { input: 'hi', text: { format: { ...schema.json_schema, type: 'json_schema' } } },
    };
    expect(strataOfRequest(responses)).toEqual(['structured']);
    expect(strataOfRequest({ dialect: dialectNamed('openai-embeddings'), body: { input: 'x'.repeat(9_000) } })).toEqual(
      ['long'],
    );
  });
});
