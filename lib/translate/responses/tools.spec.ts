import { expect, test } from '@jest/globals';
import { Translation } from '../translation.js';

const translation = new Translation('openai-responses', 'openai-chat');
const close = { type: 'function', name: 'close', parameters: { type: 'object' } };
const body = {
  input: [
    { role: 'user', content: 'hi' },
    { type: 'function_call', call_id: 'c1', namespace: 'agents', name: 'close', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c1', output: 'closed' },
  ],
  tools: [
    { type: 'namespace', name: 'agents', description: 'Of agents.', tools: [close] },
    { type: 'custom', name: 'patch', description: 'Patches.' },
  ],
};
const call = (name: string, args: string) => ({ id: name, type: 'function', function: { name, arguments: args } });

test('tools of a namespace, and tools that take free text, go there and back', () => {
  const { body: sent } = translation.request(body, false);
  expect(sent).toMatchObject({
    tools: [{ function: { name: 'agents__close' } }, { function: { name: 'patch' } }],
    messages: [{}, { tool_calls: [{ function: { name: 'agents__close' } }] }, { content: 'closed' }],
  });
  const calls = [call('agents__close', '{}'), call('patch', '{"input":"+1"}')];
  const answer = { choices: [{ message: { content: null, tool_calls: calls }, finish_reason: 'tool_calls' }] };
  expect(translation.answer(answer, { id: 'x', created: 1, model: 'm', body })).toMatchObject({
    output: [
      { type: 'function_call', namespace: 'agents', name: 'close', arguments: '{}' },
      { type: 'custom_tool_call', name: 'patch', input: '+1' },
    ],
  });
});
