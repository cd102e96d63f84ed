import type { VersionSystemPrompt } from '../../domain/version.js';
import { isObject, numberAt, objectAt, parseJson, stringAt, type JsonObject } from '../../kit/json.js';
import { LEAST_OUTPUT } from '../../translate/responses/write-request.js';
import type { Dialect } from './dialect.js';
import { failedEvent, startOf } from './openai-responses/failed.js';
import { openAiErrorBody } from './openai-errors.js';
import { errorInside } from '../errors/classify-error.js';
import { isRefusedEnd } from './endings.js';
import { eventsOf } from './openai-responses/events.js';
import { responsesState } from './openai-responses/state.js';
import { finishReasonOf, ResponseStreamReader, usageOf } from './openai-responses/stream.js';
import type { AnswerReading, OfferedTools, ToolCallPiece } from './readings.js';
import { conversationText, objectsIn, schemaIn, toolsIn } from './request-parts.js';
import { withPromptIn } from './system-prompt.js';

/**
 * OpenAI's responses, JSON and SSE.
 *
 * @see https://platform.openai.com/docs/api-reference/responses
 */
export const openAiResponses: Dialect<'openai-responses'> = {
  name: 'openai-responses',
  path: '/responses',
  endpoint: { path: '/responses', auth: 'bearer' },
  gateway: { handler: 'responses', summary: 'A response.' },
  modelHolder: 'response',
  vendor: 'openai',
  operation: 'chat',

  headers: {},
  callerHeaders: ['openai-beta'],
  listHeaders: ['openai-beta'],

  // The question may be in `input`, in a stored `prompt` or in a stored conversation.
  required: {},
  requestFields: ['input', 'instructions', 'prompt'],
  limitFields: ['max_output_tokens'],
  toolFields: ['tools'],
  textFields: new Set(['text', 'content', 'input', 'instructions', 'prompt', 'arguments', 'output']),
  fileFields: new Set(['url', 'image_url', 'file_url', 'file_id']),
  request: {
    conversation: ({ instructions, input }) => conversationText(instructions, input),
    schema: (body) => schemaIn(objectAt(objectAt(body, 'text') ?? {}, 'format')),
    forcedTool: (body) => stringAt(objectAt(body, 'tool_choice') ?? {}, 'name'),
    tools,
  },
  question: (input, maxTokens) => ({ input, max_output_tokens: Math.max(LEAST_OUTPUT, maxTokens) }),
  withSystemPrompt,

  state: responsesState,
  streams: true,
  isStream: (body) => body['stream'] === true,
  readAnswer,
  eventsOf,
  readStream: () => new ResponseStreamReader(),
  toolCalls: { inAnswer: ({ output }) => objectsIn(output).flatMap(callIn), inEvent },
  endings: {
    cutOff: ['max_output_tokens', 'incomplete'],
    refused: ['content_filter'],
    pending: ['queued', 'in_progress'],
  },

  errorBody: openAiErrorBody,
  errorEvent: failedEvent,
  failsInEvents: true,
  startOf,
};

function withSystemPrompt(body: JsonObject, prompt: VersionSystemPrompt): JsonObject {
  // A stored prompt brings instructions of its own.
  const hasStored = isObject(body['prompt']) && prompt.mode === 'default';
  return hasStored ? body : withPromptIn('instructions', 'input', body, prompt);
}

/** A stored prompt or an earlier response may bring tools that only the provider knows. */
function tools(body: JsonObject): OfferedTools {
  const { schemas, isWhole } = toolsIn(body['tools'], 'parameters');
  const hasStored = body['prompt'] !== undefined || body['previous_response_id'] !== undefined;
  return { schemas, isWhole: isWhole && !hasStored };
}

function readAnswer(json: unknown): AnswerReading | undefined {
  if (!isObject(json) || !Array.isArray(json['output'])) return undefined;
  const output: readonly unknown[] = json['output'];
  const parts = output.flatMap(contentOf);
  const reasoning = objectsIn(output).map(reasoningIn).join('');
  return {
    model: stringAt(json, 'model') || undefined,
    text: parts.map(textOf).join(''),
    usage: usageOf(json),
    finishReason: finishReasonOf(json),
    serviceTier: stringAt(json, 'service_tier'),
    ...(reasoning !== '' && { reasoning }),
    ...((parts.some(isRefusal) || isRefusedEnd(finishReasonOf(json))) && { refused: true as const }),
    ...(json['status'] === 'failed' ? errorInside(json['error']) : {}),
  };
}

function inEvent(data: string): readonly ToolCallPiece[] {
  if (!data.includes('function_call')) return [];
  const json = parseJson(data);
  if (!isObject(json)) return [];
  const index = numberAt(json, 'output_index') ?? 0;
  switch (json['type']) {
    case 'response.output_item.added':
      return callIn(objectAt(json, 'item') ?? {}, index);
    case 'response.function_call_arguments.delta':
      return [{ index, name: '', args: stringAt(json, 'delta') ?? '', continues: true }];
    case 'response.output_item.done':
      return callIn(objectAt(json, 'item') ?? {}, index).map((call) => ({ ...call, replaces: true }));
    default:
      return [];
  }
}

function callIn(item: JsonObject, index: number): readonly ToolCallPiece[] {
  if (item['type'] !== 'function_call') return [];
  return [{ index, name: stringAt(item, 'name') ?? '', args: stringAt(item, 'arguments') ?? '' }];
}

function contentOf(item: unknown): readonly unknown[] {
  return isObject(item) && Array.isArray(item['content']) ? item['content'] : [];
}

/** The summary of an item's thoughts, or the thoughts themselves. */
function reasoningIn(item: JsonObject): string {
  if (item['type'] !== 'reasoning') return '';
  const parts = objectsIn(item['summary']);
  return (parts.length > 0 ? parts : objectsIn(item['content'])).map((part) => stringAt(part, 'text') ?? '').join('');
}

function textOf(part: unknown): string {
  return isObject(part) && part['type'] === 'output_text' ? (stringAt(part, 'text') ?? '') : '';
}

function isRefusal(part: unknown): boolean {
  return isObject(part) && part['type'] === 'refusal';
}
