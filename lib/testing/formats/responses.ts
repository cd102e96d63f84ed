import type { Usage } from '../../domain/usage.js';
import { named } from '../server-sent.js';
import { openAiError, type Format, type Said, type StreamedFormat } from './said.js';

const PLACE = { item_id: 'm1', output_index: 0, content_index: 0 };

/** OpenAI's responses. */
export const responses: StreamedFormat = {
  error: openAiError,
  whole,
  start({ model }) {
    const created = { id: 'r1', object: 'response', created_at: 1, status: 'in_progress', model, output: [] };
    const item = { id: 'm1', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
    const part = { type: 'output_text', text: '', annotations: [] };
    return (
      named({ type: 'response.created', response: created }) +
      named({ type: 'response.output_item.added', output_index: 0, item }) +
      named({ type: 'response.content_part.added', ...PLACE, part })
    );
  },
  word: (_model, delta) => named({ type: 'response.output_text.delta', ...PLACE, delta }),
  end: (said) => named({ type: 'response.completed', response: whole(said) }),
};

/** A conversation that was made shorter. */
export const compact: Format = {
  error: openAiError,
  whole: ({ usage }) => ({
    id: 'r1',
    object: 'response.compaction',
    created_at: 1,
    output: [{ id: 'cmp1', type: 'compaction', encrypted_content: 'gAAAA' }],
    usage: counted(usage),
  }),
};

function whole({ model, words, usage }: Said): object {
  const content = [{ type: 'output_text', text: words.join(''), annotations: [] }];
  const output = [{ id: 'm1', type: 'message', role: 'assistant', status: 'completed', content }];
  return { id: 'r1', object: 'response', created_at: 1, status: 'completed', model, output, usage: counted(usage) };
}

function counted({ inputTokens, cachedInputTokens, outputTokens }: Usage): object {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedInputTokens },
    output_tokens: outputTokens,
  };
}
