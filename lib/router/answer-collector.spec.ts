import { describe, expect, test } from '@jest/globals';
import type { StreamEvent } from '../upstream/accepted-events.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { AnswerCollector } from './answer-collector.js';

const says = (text: string): StreamEvent => ({ event: undefined, data: '', reading: { kind: 'content', text } });

const answer = (text: string, body: object = {}) => ({
  status: 200,
  contentType: 'application/json',
  passed: {},
  body: Buffer.from(JSON.stringify(body)),
  json: body,
  reading: { model: undefined, text, usage: undefined, finishReason: undefined },
});

describe('What is held of an answer', () => {
  test('is the text of its events', () => {
    const collector = new AnswerCollector(openAiChat);
    collector.streamed([says('Hello'), says(' there')]);
    collector.streamed([says('.')]);
    expect(collector.collected()).toEqual({ text: 'Hello there.', toolCalls: [], calls: [], refused: false });
  });

  test('is the text and the tool calls of a whole one', () => {
    const collector = new AnswerCollector(openAiChat);
    collector.answered(answer('', { choices: [{ message: { tool_calls: [{ function: { name: 'find' } }] } }] }));
    expect(collector.collected()).toMatchObject({ text: '', toolCalls: ['find()'], calls: [{ name: 'find' }] });
  });

  test('is nothing when there is more of it than can be held', () => {
    const streamed = new AnswerCollector(openAiChat);
    const piece = [says('x'.repeat(1_024))];
    for (let i = 0; i <= 256; i++) streamed.streamed(piece);
    expect(streamed.collected()).toBeUndefined();

    const whole = new AnswerCollector(openAiChat);
    whole.answered(answer('', { filler: 'x'.repeat(256 * 1024) }));
    expect(whole.collected()).toBeUndefined();
  });
});
