import type { FailureClass } from '../../domain/outcome.js';
import type { VersionSystemPrompt } from '../../domain/version.js';
import { isObject, numberAt, objectAt, parseJson, stringAt, type JsonObject } from '../../kit/json.js';
import type { Dialect } from './dialect.js';
import { openAiChatContinuation } from './openai-chat/continuation.js';
import { errorInside } from '../errors/classify-error.js';
import { errorFacts } from '../errors/error-facts.js';
import { failureOfEnd, isRefusedEnd } from './endings.js';
import { eventsOf } from './openai-chat/events.js';
import { errorOfChoice, isFilled, readMessage } from './openai-chat/message.js';
import { ChatStreamReader } from './openai-chat/stream.js';
import { chatState } from './openai-chat/state.js';
import { usageOf } from './openai-chat/usage.js';
import { openAiErrorBody } from './openai-errors.js';
import type { AnswerReading, ToolCallPiece } from './readings.js';
import { conversationText, objectsIn, schemaIn, toolsIn } from './request-parts.js';
import { inFrontOf, isInstruction } from './system-prompt.js';

/**
 * OpenAI's chat completions, JSON and SSE. Many vendors serve it, and some keep words of their own in it.
 *
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export const openAiChat: Dialect<'openai-chat'> = {
  name: 'openai-chat',
  path: '/chat/completions',
  endpoint: { path: '/chat/completions', auth: 'bearer' },
  gateway: { handler: 'chat', summary: 'A chat completion.' },
  vendor: 'openai',
  operation: 'chat',

  headers: {},
  callerHeaders: ['openai-beta'],
  listHeaders: ['openai-beta'],

  required: { messages: 'list' },
  requestFields: ['messages'],
  limitFields: ['max_completion_tokens', 'max_tokens'],
  toolFields: ['tools', 'functions'],
  textFields: new Set(['text', 'content', 'arguments', 'prompt']),
  fileFields: new Set(['url', 'image_url', 'file_url', 'document_url', 'file_id']),
  request: {
    conversation: ({ messages }) => conversationText(undefined, messages),
    schema: (body) => schemaIn(objectAt(body, 'response_format')),
    forcedTool: (body) => nameIn(objectAt(objectAt(body, 'tool_choice') ?? {}, 'function')),
    tools: ({ tools }) => toolsIn(tools, 'parameters', (tool) => objectAt(tool, 'function')),
  },
  question: (content, maxTokens) => ({ messages: [{ role: 'user', content }], max_completion_tokens: maxTokens }),
  withSystemPrompt,

  streams: true,
  isStream: (body) => body['stream'] === true,
  usageEvent: {
    isAsked: (body) => objectAt(body, 'stream_options')?.['include_usage'] === true,
    ask: (body) => ({ ...body, stream_options: { ...objectAt(body, 'stream_options'), include_usage: true } }),
  },
  readAnswer,
  eventsOf,
  readStream: (body) => new ChatStreamReader(Math.max(1, numberAt(body, 'n') ?? 1)),
  toolCalls: {
    inAnswer: (json) => callsOf(objectAt(firstChoice(json), 'message')),
    inEvent: (data) => (MAY_CALL.test(data) ? callsOf(objectAt(firstChoice(parseJson(data)), 'delta'), 0) : []),
  },
  endings: {
    cutOff: ['length', 'max_tokens', 'model_context_window_exceeded'],
    refused: ['content_filter', 'refusal'],
  },
  state: chatState,
  continuation: openAiChatContinuation,

  errorBody: openAiErrorBody,
  errorEvent: (error) => ({ event: undefined, data: JSON.stringify(openAiErrorBody(error)) }),
};

function withSystemPrompt(body: JsonObject, { text, mode }: VersionSystemPrompt): JsonObject {
  if (!Array.isArray(body['messages'])) return body;
  const messages: readonly unknown[] = body['messages'];
  const at = messages.findIndex(isInstruction);
  const found = messages[at];
  if (!isObject(found)) return { ...body, messages: [{ role: 'system', content: text }, ...messages] };
  switch (mode) {
    case 'default':
      return body;
    case 'prepend':
      return { ...body, messages: messages.with(at, { ...found, content: inFrontOf(found['content'], text) }) };
    case 'replace': {
      const others = messages.filter((message) => !isInstruction(message));
      return { ...body, messages: [{ role: found['role'], content: text }, ...others] };
    }
  }
}

function readAnswer(json: unknown): AnswerReading | undefined {
  if (!isObject(json) || !Array.isArray(json['choices'])) return undefined;
  const [choice = {}]: readonly unknown[] = json['choices'];
  // An answer without a choice is one that a filter emptied.
  if (!isObject(choice) || (json['choices'].length === 0 && isObject(json['error']))) return undefined;
  const { text, reasoning, refused, hasContent } = readMessage(objectAt(choice, 'message') ?? {});
  const finishReason = stringAt(choice, 'finish_reason');
  const isRefused = refused || isRefusedEnd(finishReason) || json['choices'].length === 0;
  return {
    model: stringAt(json, 'model') || undefined,
    text,
    usage: usageOf(json),
    finishReason,
    serviceTier: stringAt(json, 'service_tier'),
    ...(reasoning !== '' && { reasoning }),
    ...(isRefused && { refused: true }),
    ...failureIn(choice, failureOfEnd(finishReason, !hasContent)),
  };
}

function failureIn(choice: JsonObject, failure: FailureClass | undefined): Partial<AnswerReading> {
  const error = errorOfChoice(choice);
  if (error) return errorInside(error);
  return failure ? { failure, facts: errorFacts(undefined) } : {};
}

/** Most events carry text alone. */
const MAY_CALL = /tool_|function_call/;

function firstChoice(json: unknown): JsonObject {
  return (isObject(json) ? objectsIn(json['choices'])[0] : undefined) ?? {};
}

/** @param unnumbered the number of a call that has none. Default: its place in the list. */
function callsOf(holder: JsonObject | undefined, unnumbered?: number): ToolCallPiece[] {
  const calls = holder?.['tool_calls'];
  const old = holder && objectAt(holder, 'function_call');
  if (old && !isFilled(calls)) return [{ index: 0, name: nameIn(old) ?? '', args: argsIn(old) }];
  return objectsIn(isObject(calls) ? [calls] : calls).flatMap((item, place) => {
    const call = objectAt(item, 'function');
    if (!call) return [];
    const index = unnumbered === undefined ? place : (numberAt(item, 'index') ?? unnumbered);
    return [{ index, id: stringAt(item, 'id'), name: nameIn(call) ?? '', args: argsIn(call) }];
  });
}

/** Some send the arguments as an object, and not as its text. */
function argsIn(call: JsonObject): string {
  const object = objectAt(call, 'arguments');
  return object ? JSON.stringify(object) : (stringAt(call, 'arguments') ?? '');
}

function nameIn(described: JsonObject | undefined): string | undefined {
  return described && stringAt(described, 'name');
}
