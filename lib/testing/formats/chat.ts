import type { Usage } from '../../domain/usage.js';
import { event } from '../server-sent.js';
import { openAiError, type StreamedFormat } from './said.js';

/** OpenAI's chat completions. */
export const chat: StreamedFormat = {
  error: openAiError,
  whole({ model, words, usage }) {
    const message = { role: 'assistant', content: words.join('') };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    return { id: 'c1', object: 'chat.completion', created: 1, model, choices, usage: counted(usage) };
  },
  start: ({ model }) =>
    chunk(model, { choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }),
  word: (model, content) => chunk(model, { choices: [{ index: 0, delta: { content }, finish_reason: null }] }),
  end: ({ model, usage }) => `${finish(model)}${chunk(model, { choices: [], usage: counted(usage) })}data: [DONE]\n\n`,
};

/** The chunk with the reason for the end. */
export function finish(model: string): string {
  return chunk(model, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
}

function chunk(model: string, rest: object): string {
  return event({ id: 'c1', object: 'chat.completion.chunk', created: 1, model, ...rest });
}

export function counted({ inputTokens, cachedInputTokens, outputTokens }: Usage): object {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    ...(cachedInputTokens > 0 && { prompt_tokens_details: { cached_tokens: cachedInputTokens } }),
  };
}
