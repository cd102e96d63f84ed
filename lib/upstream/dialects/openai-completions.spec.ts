import { describe, expect, test } from '@jest/globals';
import { openAiCompletions } from './openai-completions.js';

const { request } = openAiCompletions;
const chunk = (choice: object, more: object = {}) =>
  JSON.stringify({ object: 'text_completion', model: 'm', choices: [choice], ...more });

describe('A completion of a prompt', () => {
  test('has its text in the choice', () => {
    const json = {
      object: 'text_completion',
      model: 'gpt-3.5-turbo-instruct',
      choices: [{ index: 0, text: ' is here.', logprobs: null, finish_reason: 'length' }],
      usage: { prompt_tokens: 5, completion_tokens: 7 },
    };
    expect(openAiCompletions.readAnswer(json)).toMatchObject({
      model: 'gpt-3.5-turbo-instruct',
      text: ' is here.',
      usage: { inputTokens: 5, outputTokens: 7 },
      finishReason: 'length',
    });
    expect(openAiCompletions.readAnswer({ object: 'text_completion' })).toBeUndefined();
  });

  test('is whole when every choice has ended: one for each prompt and each of n', () => {
    const reader = openAiCompletions.readStream({ prompt: ['a', 'b'], n: 2 });
    expect(reader.read(chunk({ index: 0, text: 'Yes', finish_reason: null }))).toMatchObject({
      kind: 'content',
      text: 'Yes',
    });
    for (let index = 0; index < 4; index++) {
      expect(reader.complete).toBe(false);
      reader.read(chunk({ index, text: '', finish_reason: 'stop' }));
    }
    expect(reader.complete).toBe(true);
    expect(reader.finishReason).toBe('stop');
  });

  test('tells its usage in an event of its own', () => {
    const reader = openAiCompletions.readStream({ prompt: 'a' });
    const usage = { prompt_tokens: 3, completion_tokens: 2 };
    expect(reader.read(JSON.stringify({ choices: [], usage }))).toEqual({ kind: 'usage' });
    expect(reader.usage).toMatchObject({ inputTokens: 3, outputTokens: 2 });
  });

  test('reads prompts that are texts, and no token ids', () => {
    expect(request.conversation({ prompt: ['one', 'two'] })).toBe('user: one\n\nuser: two');
    expect(request.conversation({ prompt: [1, 2, 3] })).toBe('');
  });
});
