import { isObject, numberAt, objectAt, stringAt } from '../../kit/json.js';
import type { AnswerReading, Dialect } from './dialect.js';
import { classifyOpenAi, openAiErrorBody } from './openai-errors.js';
import { withParameters } from './parameters.js';

/**
 * OpenAI's embeddings. They never stream, and there is no system prompt in them.
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings
 */
export const openAiEmbeddings: Dialect = {
  name: 'openai-embeddings',
  path: '/embeddings',
  headers: {},
  callerHeaders: ['openai-beta'],
  limitFields: [],
  toolFields: [],
  isStream: () => false,
  missingField: ({ input }) => (input === undefined ? 'input' : undefined),
  prepare: (body, version) => ({ body: withParameters(body, version, []), hideUsage: false }),
  readAnswer,
  readStream: () => {
    throw new TypeError('Embeddings do not stream.');
  },
  classify: classifyOpenAi,
  errorBody: openAiErrorBody,
  errorEvent: (error) => ({ event: undefined, data: JSON.stringify(openAiErrorBody(error)) }),
};

function readAnswer(json: unknown): AnswerReading | undefined {
  if (!isObject(json) || !Array.isArray(json['data'])) return undefined;
  const usage = objectAt(json, 'usage');
  return {
    model: stringAt(json, 'model'),
    text: '',
    usage: usage && { inputTokens: numberAt(usage, 'prompt_tokens') ?? 0, outputTokens: 0, cachedInputTokens: 0 },
    finishReason: undefined,
  };
}
