import type { Dialect } from './dialect.js';
import { openAiResponses } from './openai-responses.js';

/**
 * A conversation of OpenAI's responses, made shorter for its next turn. The answer is a list of items for the next
 * input, part of it encrypted. It never streams.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/compact
 */
export const openAiCompact: Dialect<'openai-compact'> = {
  ...openAiResponses,
  name: 'openai-compact',
  path: '/responses/compact',
  endpoint: { path: '/responses/compact', auth: 'bearer' },
  gateway: { handler: 'compact', summary: 'A conversation, compacted for its next response.' },
  operation: 'compact',
  limitFields: [],
  toolFields: [],
  question: (input) => ({ input }),
  streams: false,
  isStream: () => false,
  readStream: () => {
    throw new TypeError('Compacted conversations do not stream.');
  },
};
