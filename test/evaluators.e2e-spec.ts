import type { UnitBuckets } from '../lib/domain/figures.js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { brokenToolCall, cutOff, EvaluationService, refusal, schemaMismatch } from 'nestjs-blue-green';
import { begin, event, json, type Behaviour } from './support/fake-provider.js';
import { turn } from './support/rollouts.js';
import { Sending } from './support/sending.js';

let sending: Sending;

beforeAll(async () => {
  const evaluators = [
    { name: 'refusal', evaluate: refusal },
    { name: 'cutOff', evaluate: cutOff },
    { name: 'schema', evaluate: schemaMismatch },
    { name: 'tools', evaluate: brokenToolCall },
  ];
  sending = await Sending.start({ options: { evaluators } });
});
afterAll(() => sending.stop());
beforeEach(() => sending.reset());

/** Answers with this JSON, or with these events where a stream is asked for. */
function says(whole: object, ...events: readonly object[]): Behaviour {
  return ({ body }, response) => {
    if (body['stream'] !== true) return json(response, 200, whole);
    begin(response);
    response.end([...events.map(event), 'data: [DONE]\n\n'].join(''));
  };
}

/** The scores that one answer is given, by evaluator; without those that have nothing to say of it. */
async function scoresOf(path: string, body: object, behaviour: Behaviour): Promise<Record<string, number>> {
  sending.blue.always(behaviour);
  const before = sums();
  const fetch = sending.router.fetch('chat', { environment: undefined });
  const response = await fetch(`http://any/v1/${path}`, { method: 'POST', body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  await response.text();
  await turn();
  await turn();
  const after = sums();
  const scored = Object.entries(after).filter(([name, { count }]) => count > before[name]!.count);
  return Object.fromEntries(scored.map(([name, { sum }]) => [name, sum - before[name]!.sum]));
}

function sums(): Record<string, { count: number; sum: number }> {
  const { epoch } = sending.rollouts.route('chat');
  const trial = sending.telemetry.trial('chat', epoch);
  const names = Object.keys(sending.app.get(EvaluationService).status);
  return Object.fromEntries(names.map((name) => [name, totalOf(trial.samples(name, 'blue'))]));
}

const total = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

function totalOf({ counts, sums: by }: UnitBuckets) {
  return { count: total(counts), sum: total(by) };
}

const schema = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] };

const chat = (message: object, reason: string) =>
  says(
    { choices: [{ index: 0, message, finish_reason: reason }] },
    { choices: [{ index: 0, delta: { role: 'assistant', ...indexed(message) }, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: reason }] },
  );
const indexed = (message: { tool_calls?: object[] }) => ({
  ...message,
  ...(message.tool_calls && { tool_calls: message.tool_calls.map((call, index) => ({ index, ...call })) }),
});
const CHAT = {
  messages: [{ role: 'user', content: 'Hi' }],
  tools: [{ type: 'function', function: { name: 'find', parameters: schema } }],
  response_format: { type: 'json_schema', json_schema: { name: 'found', schema } },
};

const item = (content: object) => ({ id: 'm1', type: 'message', role: 'assistant', content: [content] });
const response = (output: object, end: object, ...events: readonly object[]) => {
  const whole = { id: 'r1', object: 'response', model: 'blue-model', output: [output], ...end };
  return says(whole, ...events, { type: 'response.completed', response: whole });
};
const called = (args: string) => ({ type: 'function_call', name: 'find', arguments: args });
const RESPONSE = {
  input: 'Hi',
  tools: [{ type: 'function', name: 'find', parameters: schema }],
  text: { format: { type: 'json_schema', name: 'found', schema } },
};

const message = (block: object, delta: object, stop_reason: string) =>
  says(
    { type: 'message', role: 'assistant', content: [block], stop_reason },
    { type: 'message_start', message: { role: 'assistant', content: [] } },
    { type: 'content_block_start', index: 0, content_block: { ...block, text: '', input: {} } },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason } },
    { type: 'message_stop' },
  );
const text = (words: string, reason = 'end_turn') =>
  message({ type: 'text', text: words }, { type: 'text_delta', text: words }, reason);
const MESSAGE = {
  max_tokens: 99,
  messages: [{ role: 'user', content: 'Hi' }],
  tools: [{ name: 'find', input_schema: schema }],
  output_config: { format: { type: 'json_schema', schema } },
};

const call = (name: string, args: string) => ({
  content: null,
  tool_calls: [{ id: 'c1', type: 'function', function: { name, arguments: args } }],
});
const toolUse = (args: string) =>
  message(
    { type: 'tool_use', id: 't1', name: 'find', input: JSON.parse(args) as object },
    { type: 'input_json_delta', partial_json: args },
    'tool_use',
  );
const spoken = (words: string, end: object = { status: 'completed' }) =>
  response(item({ type: 'output_text', text: words }), end, { type: 'response.output_text.delta', delta: words });
const CUT = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };

describe.each([[{}], [{ stream: true }]])('An answer with status 200 and %j', (mode) => {
  test.each([
    ['that is sound', chat({ content: '{"id":1}' }, 'stop'), { refusal: 1, cutOff: 1, schema: 1 }],
    ['that refuses', chat({ content: null, refusal: 'No.' }, 'stop'), { refusal: 0, cutOff: 1 }],
    ['that is cut off', chat({ content: '{"id":' }, 'length'), { refusal: 1, cutOff: 0, schema: 0 }],
    ['that breaks its schema', chat({ content: '{"id":"x"}' }, 'stop'), { refusal: 1, cutOff: 1, schema: 0 }],
    ['that calls a tool', chat(call('find', '{"id":1}'), 'tool_calls'), { refusal: 1, cutOff: 1, tools: 1 }],
    ['that calls an unknown one', chat(call('fnid', '{}'), 'tool_calls'), { refusal: 1, cutOff: 1, tools: 0 }],
  ])('of a chat, %s, is scored for that', async (_, behaviour, scores) => {
    expect(await scoresOf('chat/completions', { ...CHAT, ...mode }, behaviour)).toEqual(scores);
  });

  test.each([
    ['that is sound', spoken('{"id":1}'), { refusal: 1, cutOff: 1, schema: 1 }],
    [
      'that refuses',
      response(
        item({ type: 'refusal', refusal: 'No.' }),
        { status: 'completed' },
        { type: 'response.refusal.delta', delta: 'No.' },
      ),
      { refusal: 0, cutOff: 1 },
    ],
    ['that is cut off', spoken('{"id":', CUT), { refusal: 1, cutOff: 0, schema: 0 }],
    [
      'that calls a tool with broken JSON',
      response(
        called('{"id":'),
        { status: 'completed' },
        { type: 'response.output_item.done', output_index: 0, item: called('{"id":') },
      ),
      { refusal: 1, cutOff: 1, tools: 0 },
    ],
  ])('of a response, %s, is scored for that', async (_, behaviour, scores) => {
    expect(await scoresOf('responses', { ...RESPONSE, ...mode }, behaviour)).toEqual(scores);
  });

  test.each([
    ['that is sound', text('{"id":1}'), { refusal: 1, cutOff: 1, schema: 1 }],
    ['that refuses', text('', 'refusal'), { refusal: 0, cutOff: 1 }],
    ['that is cut off', text('{"id":', 'max_tokens'), { refusal: 1, cutOff: 0, schema: 0 }],
    ['that calls a tool', toolUse('{"id":1}'), { refusal: 1, cutOff: 1, tools: 1 }],
    ['that breaks the schema of a tool', toolUse('{"id":"x"}'), { refusal: 1, cutOff: 1, tools: 0 }],
  ])("of Anthropic's, %s, is scored for that", async (_, behaviour, scores) => {
    expect(await scoresOf('messages', { ...MESSAGE, ...mode }, behaviour)).toEqual(scores);
  });
});
