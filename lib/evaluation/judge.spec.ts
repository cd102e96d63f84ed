import { describe, expect, test } from '@jest/globals';
import { exchange } from '../../test/support/exchange.js';
import { ValidationError } from '../validation/validation-error.js';
import type { ChatCompletion } from '../router/chat.js';
import type { Exchange } from './evaluator.js';
import { judge, type JudgeOptions } from './judge.js';

interface Asked {
  readonly route: string;
  readonly question: string;
}

/** Judges with a model that says this. */
async function judged(
  reply: string,
  about: Partial<Exchange> = {},
  options: Partial<JudgeOptions> = {},
): Promise<{ score: number | undefined; asked: Asked[] }> {
  const asked: Asked[] = [];
  const evaluate = judge({ route: 'judge', criteria: 'It is polite.', ...options });
  const score = await evaluate(exchange(about), {
    signal: new AbortController().signal,
    ask: async (route, { messages }) => {
      asked.push({ route, question: String(messages[0]?.content) });
      return { content: reply } as ChatCompletion;
    },
  });
  return { score, asked };
}

describe('A judge', () => {
  test.each([
    ['{"reason": "fine", "score": 4}', 0.75],
    ['```json\n{"reason": "none", "score": "1"}\n```', 0],
    ['At first I thought of {"score": 1}. But no: {"score": 5}', 1],
    ['3', 0.5],
  ])('that says %j means %d', async (reply, score) => {
    expect((await judged(reply)).score).toBe(score);
  });

  test.each(['', 'It is rather good.', '{"score": 6}', '{"score": 0}', '{"score": null}'])(
    'that says %j has given no score, and the answer is not quoted',
    async (reply) => {
      await expect(judged(reply)).rejects.toThrow(new RangeError('no score from 1 to 5'));
    },
  );

  test('may use another scale, also one that goes down', async () => {
    expect((await judged('{"score": 0.25}', {}, { scale: [0, 1] })).score).toBe(0.25);
    expect((await judged('{"score": 1}', {}, { scale: [6, 1] })).score).toBe(1);
  });

  test('is not asked about answers of its own route', async () => {
    expect(await judged('5', { route: 'judge' })).toEqual({ score: undefined, asked: [] });
  });

  test('is asked as the user likes', async () => {
    const { asked } = await judged('5', { text: 'Rome' }, { criteria: undefined, prompt: ({ text }) => `${text}?` });
    expect(asked).toEqual([{ route: 'judge', question: 'Rome?' }]);
  });

  test.each([
    [{ route: '' }, /route is missing/],
    [{ criteria: undefined }, /criteria has to stand alone/],
    [{ prompt: () => 'Good?' }, /criteria has to stand alone/],
    [{ scale: [1, 1] as const }, /scale is not a scale/],
    [{ maxLength: 0 }, /maxLength is too small/],
  ])('cannot be made of %j', (options, message) => {
    const making = () => judge({ route: 'judge', criteria: 'It is polite.', ...options });
    expect(making).toThrow(ValidationError);
    expect(making).toThrow(message);
  });
});

describe('What a judge is asked', () => {
  test('has the criteria, the scale, the conversation and the answer with its tool calls', async () => {
    const request = {
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Where?' }, { type: 'image_url' }] }],
    };
    const calls = [{ name: 'find', arguments: '{"id":1}' }];
    const { question } = (await judged('5', { request, text: 'In Rome.', calls })).asked[0]!;
    expect(question).toContain('It is polite.');
    expect(question).toContain('from 1 (worst) to 5 (best)');
    expect(question).toMatch(/<conversation-(\w+)>\nuser: Where\?\n\[image_url\]\n<\/conversation-\1>/);
    expect(question).toMatch(/<answer-(\w+)>\nIn Rome.\n\[calls find\(\{"id":1\}\)\]\n<\/answer-\1>/);
  });

  test.each([
    [
      'openai-responses',
      { instructions: 'Be brief.', input: [{ role: 'user', content: [{ type: 'input_text', text: 'Where?' }] }] },
    ],
    ['openai-responses', { instructions: 'Be brief.', input: 'Where?' }],
    [
      'anthropic-messages',
      { system: [{ type: 'text', text: 'Be brief.' }], messages: [{ role: 'user', content: 'Where?' }] },
    ],
  ] as const)('reads a request in %s (%#)', async (dialect, request) => {
    expect((await judged('5', { dialect, request })).asked[0]!.question).toContain('system: Be brief.\n\nuser: Where?');
  });

  test('shows the end of a long conversation and the beginning of a long answer', async () => {
    const request = { messages: [{ role: 'user', content: `${'a'.repeat(50)}bbbbb` }] };
    const { question } = (await judged('5', { request, text: 'cccccd' }, { maxLength: 5 })).asked[0]!;
    expect(question).toMatch(/>\n…bbbbb\n</);
    expect(question).toMatch(/>\nccccc\n</);
  });

  test('cannot be ended by the answer: nobody knows the marks beforehand', async () => {
    const marks = await Promise.all(['5', '5'].map(async (reply) => (await judged(reply)).asked[0]!.question));
    expect(marks[0]).not.toBe(marks[1]);
  });
});
