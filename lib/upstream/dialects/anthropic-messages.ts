import { isObject, numberAt, objectAt, parseJson, stringAt, type JsonObject } from '../../kit/json.js';
import { anthropicErrorBody, anthropicErrorSchema } from './anthropic-messages/errors.js';
import { eventsOf } from './anthropic-messages/events.js';
import { messagesState } from './anthropic-messages/state.js';
import { MessageStreamReader, usageOf } from './anthropic-messages/stream.js';
import type { Dialect } from './dialect.js';
import { isRefusedEnd } from './endings.js';
import type { AnswerReading, ToolCallPiece } from './readings.js';
import { conversationText, objectsIn, schemaIn, toolsIn } from './request-parts.js';
import { withPromptIn } from './system-prompt.js';

/**
 * Anthropic's messages, JSON and SSE.
 *
 * @see https://docs.anthropic.com/en/api/messages
 */
export const anthropicMessages: Dialect<'anthropic-messages'> = {
  name: 'anthropic-messages',
  // With the version segment: other APIs have messages too, at other paths.
  path: '/v1/messages',
  endpoint: { path: '/messages', auth: 'x-api-key' },
  gateway: { handler: 'messages', summary: 'A message.' },
  modelHolder: 'message',
  vendor: 'anthropic',
  operation: 'chat',

  headers: { 'anthropic-version': '2023-06-01' },
  callerHeaders: ['anthropic-version', 'anthropic-beta'],
  listHeaders: ['anthropic-beta'],

  required: { messages: 'list' },
  requestFields: ['messages', 'system'],
  limitFields: ['max_tokens'],
  toolFields: ['tools'],
  textFields: new Set(['text', 'content', 'system', 'input', 'output']),
  fileFields: new Set(['url', 'file_id']),
  request: {
    conversation: ({ system, messages }) => conversationText(system, messages),
    // As it is, and as it was in beta.
    schema: (body) =>
      schemaIn(objectAt(objectAt(body, 'output_config') ?? {}, 'format') ?? objectAt(body, 'output_format')),
    forcedTool: (body) => stringAt(objectAt(body, 'tool_choice') ?? {}, 'name'),
    tools: ({ tools }) => toolsIn(tools, 'input_schema'),
  },
  question: (content, maxTokens) => ({ messages: [{ role: 'user', content }], max_tokens: maxTokens }),
  withSystemPrompt: (body, prompt) => withPromptIn('system', 'messages', body, prompt),

  state: messagesState,
  streams: true,
  isStream: (body) => body['stream'] === true,
  readAnswer,
  eventsOf,
  readStream: () => new MessageStreamReader(),
  toolCalls: { inAnswer: ({ content }) => objectsIn(content).flatMap(callIn), inEvent },
  endings: { cutOff: ['max_tokens', 'model_context_window_exceeded'], refused: ['refusal'] },

  errorBody: anthropicErrorBody,
  ownStatuses: [503, 504, 529],
  errorEvent: (error) => ({ event: 'error', data: JSON.stringify(anthropicErrorBody(error)) }),
  errorSchema: { name: 'AnthropicError', schema: anthropicErrorSchema },
};

function readAnswer(json: unknown): AnswerReading | undefined {
  if (!isObject(json) || !Array.isArray(json['content'])) return undefined;
  const content = objectsIn(json['content']);
  const textIn = (field: string) => content.map((block) => stringAt(block, field) ?? '').join('');
  const [reasoning, finishReason, usage] = [textIn('thinking'), stringAt(json, 'stop_reason'), objectAt(json, 'usage')];
  return {
    model: stringAt(json, 'model'),
    text: textIn('text'),
    usage: usageOf(usage),
    finishReason,
    serviceTier: usage && stringAt(usage, 'service_tier'),
    ...(reasoning !== '' && { reasoning }),
    ...(isRefusedEnd(finishReason) && { refused: true as const }),
  };
}

/** Most events carry text alone. */
const MAY_HOLD_CALL = /tool_use|input_json_delta/;

function inEvent(data: string): readonly ToolCallPiece[] {
  if (!MAY_HOLD_CALL.test(data)) return [];
  const json = parseJson(data);
  if (!isObject(json)) return [];
  const index = numberAt(json, 'index') ?? 0;
  if (json['type'] === 'content_block_start') return callIn(objectAt(json, 'content_block') ?? {}, index);
  if (json['type'] !== 'content_block_delta') return [];
  const args = stringAt(objectAt(json, 'delta') ?? {}, 'partial_json') ?? '';
  return [{ index, name: '', args, continues: true }];
}

function callIn(block: JsonObject, index: number): readonly ToolCallPiece[] {
  if (block['type'] !== 'tool_use') return [];
  const input = objectAt(block, 'input') ?? {};
  // A streamed block begins with an empty object, and its keys follow in pieces.
  const args = Object.keys(input).length > 0 ? JSON.stringify(input) : '';
  return [{ index, name: stringAt(block, 'name') ?? '', args }];
}
