import type { VersionSystemPrompt } from '../../domain/version.js';
import { isObject, numberAt, objectAt, parseJson, stringAt, type JsonObject } from '../../kit/json.js';
import type { Dialect } from './dialect.js';
import { openAiErrorBody } from './openai-errors.js';
import { errorInside } from '../errors/classify-error.js';
import { finishReasonOf, ResponseStreamReader, usageOf } from './openai-responses/stream.js';
import type { AnswerReading, OfferedTools, ToolCallPiece } from './readings.js';
import { conversationText, objectsIn, schemaIn, toolsIn } from './request-parts.js';
import { withPromptIn } from './system-prompt.js';

/** The smallest output limit that this format takes. */
const LEAST_OUTPUT = 16;

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

  streams: true,
  isStream: (body) => body['stream'] === true,
  readAnswer,
  readStream: () => new ResponseStreamReader(),
  toolCalls: { inAnswer: ({ output }) => objectsIn(output).flatMap(callIn), inEvent },
  endings: { cutOff: ['max_output_tokens', 'incomplete'], refused: ['content_filter'] },

  errorBody: openAiErrorBody,
  // The documented event, and the `error` within it that the SDK looks for.
  errorEvent: (error) => {
    const { code, message } = error;
    return {
      event: 'error',
      data: JSON.stringify({ type: 'error', code, message, param: null, ...openAiErrorBody(error) }),
    };
  },
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
  return {
    model: stringAt(json, 'model'),
    text: parts.map(textOf).join(''),
    usage: usageOf(json),
    finishReason: finishReasonOf(json),
    ...(parts.some(isRefusal) && { refused: true as const }),
    ...(json['status'] === 'failed' ? errorInside(json['error']) : {}),
  };
}

function inEvent(data: string): readonly ToolCallPiece[] {
  if (!data.includes('function_call')) return [];
  const json = parseJson(data);
  if (!isObject(json) || json['type'] !== 'response.output_item.done') return [];
  return callIn(objectAt(json, 'item') ?? {}, numberAt(json, 'output_index') ?? 0);
}

function callIn(item: JsonObject, index: number): readonly ToolCallPiece[] {
  if (item['type'] !== 'function_call') return [];
  return [{ index, name: stringAt(item, 'name') ?? '', args: stringAt(item, 'arguments') ?? '' }];
}

function contentOf(item: unknown): readonly unknown[] {
  return isObject(item) && Array.isArray(item['content']) ? item['content'] : [];
}

function textOf(part: unknown): string {
  return isObject(part) && part['type'] === 'output_text' ? (stringAt(part, 'text') ?? '') : '';
}

function isRefusal(part: unknown): boolean {
  return isObject(part) && part['type'] === 'refusal';
}
