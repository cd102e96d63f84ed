import type { Usage } from '../../domain/usage.js';
import { named } from '../server-sent.js';
import type { StreamedFormat } from './said.js';

/** Anthropic's messages. */
export const messages: StreamedFormat = {
  error: (code, text) => ({ type: 'error', error: { type: code, message: text, code } }),
  whole({ model, words, usage }) {
    const content = [{ type: 'text', text: words.join('') }];
    return { ...message(model), content, stop_reason: 'end_turn', usage: counted(usage) };
  },
  start({ model, usage }) {
    // The output is counted at the end.
    const begun = { ...message(model), content: [], usage: counted({ ...usage, outputTokens: 1 }) };
    return (
      named({ type: 'message_start', message: begun }) +
      named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
      named({ type: 'ping' })
    );
  },
  word: (_model, text) => named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  end({ usage }) {
    const delta = { stop_reason: 'end_turn', stop_sequence: null };
    return (
      named({ type: 'content_block_stop', index: 0 }) +
      named({ type: 'message_delta', delta, usage: { output_tokens: usage.outputTokens } }) +
      named({ type: 'message_stop' })
    );
  },
};

function message(model: string): object {
  return { id: 'msg_1', type: 'message', role: 'assistant', model, stop_reason: null, stop_sequence: null };
}

/** Cached input is counted apart. */
function counted({ inputTokens, cachedInputTokens, outputTokens }: Usage): object {
  return {
    input_tokens: inputTokens - cachedInputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedInputTokens,
    output_tokens: outputTokens,
  };
}
