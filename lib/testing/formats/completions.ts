import { event } from '../server-sent.js';
import { counted } from './chat.js';
import { openAiError, type StreamedFormat } from './said.js';

/** OpenAI's completions of a prompt. */
export const completions: StreamedFormat = {
  error: openAiError,
  whole: ({ model, words, usage }) => ({
    ...head(model),
    choices: [{ index: 0, text: words.join(''), logprobs: null, finish_reason: 'stop' }],
    usage: counted(usage),
  }),
  start: () => '',
  word: (model, text) => chunk(model, text, null),
  end: ({ model, usage }) =>
    `${chunk(model, '', 'stop')}${event({ ...head(model), choices: [], usage: counted(usage) })}data: [DONE]\n\n`,
};

function head(model: string): object {
  return { id: 'cmpl-1', object: 'text_completion', created: 1, model };
}

function chunk(model: string, text: string, finish_reason: string | null): string {
  return event({ ...head(model), choices: [{ index: 0, text, logprobs: null, finish_reason }] });
}
