import { isObject, numberAt, objectAt, stringAt } from '../../kit/json.js';
import type { Dialect } from './dialect.js';
import { openAiErrorBody } from './openai-errors.js';
import type { AnswerReading } from './readings.js';
import { conversationText, objectsIn, toolsIn } from './request-parts.js';

/**
 * OpenAI's embeddings. They never stream, and they have no system prompt.
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings
 */
export const openAiEmbeddings: Dialect<'openai-embeddings'> = {
  name: 'openai-embeddings',
  path: '/embeddings',
  endpoint: { path: '/embeddings', auth: 'bearer' },
  gateway: { handler: 'embeddings', summary: 'Embeddings.' },
  vendor: 'openai',
  operation: 'embeddings',

  headers: {},
  callerHeaders: ['openai-beta'],
  listHeaders: ['openai-beta'],

  required: { input: 'value' },
  requestFields: ['input'],
  limitFields: [],
  toolFields: [],
  textFields: new Set(['text', 'content', 'input']),
  fileFields: new Set(['url', 'image_url']),
  request: {
    conversation: ({ input }) => conversationText(undefined, input),
    schema: () => undefined,
    forcedTool: () => undefined,
    tools: () => toolsIn([], 'parameters'),
  },
  question: (input) => ({ input }),
  withSystemPrompt: (body) => body,

  streams: false,
  isStream: () => false,
  readAnswer,
  readStream: () => {
    throw new TypeError('Embeddings do not stream.');
  },
  endings: { cutOff: [], refused: [] },

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

/** The vectors of an answer, in the order of their texts. */
export function vectorsIn(json: unknown): readonly (readonly number[])[] {
  const data = objectsIn(isObject(json) ? json['data'] : undefined);
  const inOrder = data.toSorted((a, b) => (numberAt(a, 'index') ?? 0) - (numberAt(b, 'index') ?? 0));
  return inOrder.map(({ embedding }) =>
    Array.isArray(embedding) ? embedding.filter((value): value is number => typeof value === 'number') : [],
  );
}
