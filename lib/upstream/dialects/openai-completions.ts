import { isObject, numberAt, stringAt, type JsonObject } from '../../kit/json.js';
import type { SseEvent } from '../sse.js';
import type { Dialect } from './dialect.js';
import { openAiChat } from './openai-chat.js';
import { ChatStreamReader } from './openai-chat/stream.js';
import { openAiErrorBody } from './openai-errors.js';
import { conversationText, objectsIn, toolsIn } from './request-parts.js';

/**
 * OpenAI's completions of a prompt, the format before chat, JSON and SSE. Usage, errors and the end of a stream are
 * those of chat; a choice has its text where chat has a message.
 *
 * @see https://platform.openai.com/docs/api-reference/completions
 */
export const openAiCompletions: Dialect<'openai-completions'> = {
  name: 'openai-completions',
  path: '/completions',
  endpoint: { path: '/completions', auth: 'bearer' },
  gateway: { handler: 'completions', summary: 'A completion of a prompt (legacy).' },
  vendor: 'openai',
  operation: 'text_completion',

  headers: {},
  callerHeaders: ['openai-beta'],
  listHeaders: ['openai-beta'],

  required: { prompt: 'value' },
  requestFields: ['prompt', 'suffix'],
  limitFields: ['max_tokens'],
  toolFields: [],
  textFields: new Set(['prompt', 'suffix']),
  fileFields: new Set(),
  request: {
    conversation: ({ prompt }) =>
      promptsIn(prompt)
        .map((text) => conversationText(undefined, text))
        .join('\n\n'),
    schema: () => undefined,
    forcedTool: () => undefined,
    tools: () => toolsIn([], 'parameters'),
  },
  question: (prompt, maxTokens) => ({ prompt, max_tokens: maxTokens }),
  withSystemPrompt: (body) => body,

  streams: true,
  isStream: (body) => body['stream'] === true,
  usageEvent: openAiChat.usageEvent!,
  readAnswer: (json) => openAiChat.readAnswer(asChat(json)),
  eventsOf,
  readStream: (body) => {
    const choices = Math.max(1, numberAt(body, 'n') ?? 1) * Math.max(1, promptsIn(body['prompt']).length);
    return new ChatStreamReader(choices, messageIn);
  },
  endings: openAiChat.endings,

  errorBody: openAiErrorBody,
  errorEvent: (error) => ({ event: undefined, data: JSON.stringify(openAiErrorBody(error)) }),
};

/** One text, or several; a prompt of token ids has none. */
function promptsIn(prompt: unknown): readonly string[] {
  if (typeof prompt === 'string') return [prompt];
  return Array.isArray(prompt) ? prompt.filter((part) => typeof part === 'string') : [];
}

function messageIn(choice: JsonObject): JsonObject {
  return { content: stringAt(choice, 'text') };
}

function asChat(json: unknown): unknown {
  if (!isObject(json) || !Array.isArray(json['choices'])) return json;
  const choices = objectsIn(json['choices']).map((choice) => ({ ...choice, message: messageIn(choice) }));
  return { ...json, choices };
}

function eventsOf(json: JsonObject): readonly SseEvent[] {
  return [
    { event: undefined, data: JSON.stringify(json) },
    { event: undefined, data: '[DONE]' },
  ];
}
