import type { Usage } from '../../domain/usage.js';
import type { Version } from '../../domain/version.js';
import { isObject, numberAt, objectAt, parseJson, stringAt } from '../../kit/json.js';
import type { SseEvent } from '../sse.js';
import { anthropicErrorBody, classifyAnthropic, failureOfAnthropic } from './anthropic-errors.js';
import type { AnswerReading, Dialect, EventReading, JsonObject, StreamReader } from './dialect.js';
import { withParameters } from './parameters.js';
import { withPromptIn } from './system-prompt.js';

const LIMIT_FIELDS = ['max_tokens'];

/**
 * Anthropic's messages, JSON and SSE.
 *
 * @see https://docs.anthropic.com/en/api/messages
 */
export const anthropicMessages: Dialect = {
  name: 'anthropic-messages',
  // With the version segment: other APIs have messages too, and elsewhere.
  path: '/v1/messages',
  headers: { 'anthropic-version': '2023-06-01' },
  callerHeaders: ['anthropic-version', 'anthropic-beta'],
  limitFields: LIMIT_FIELDS,
  toolFields: ['tools'],
  isStream: (body) => body['stream'] === true,
  missingField: ({ messages }) => (Array.isArray(messages) ? undefined : 'messages'),
  prepare: (body, version) => ({ body: prepared(body, version), hideUsage: false }),
  readAnswer,
  readStream: () => new MessageStreamReader(),
  classify: classifyAnthropic,
  errorBody: anthropicErrorBody,
  errorEvent: (error) => ({ event: 'error', data: JSON.stringify(anthropicErrorBody(error)) }),
};

function prepared(body: JsonObject, version: Version): JsonObject {
  const forUpstream = withParameters(body, version, LIMIT_FIELDS);
  return version.systemPrompt ? withPromptIn('system', 'messages', forUpstream, version.systemPrompt) : forUpstream;
}

function readAnswer(json: unknown): AnswerReading | undefined {
  if (!isObject(json) || !Array.isArray(json['content'])) return undefined;
  const content: readonly unknown[] = json['content'];
  return {
    model: stringAt(json, 'model'),
    text: content.map((block) => (isObject(block) ? (stringAt(block, 'text') ?? '') : '')).join(''),
    usage: usageOf(objectAt(json, 'usage')),
    finishReason: stringAt(json, 'stop_reason'),
  };
}

class MessageStreamReader implements StreamReader {
  model: string | undefined;
  finishReason: string | undefined;
  #usage: JsonObject | undefined;
  #ended = false;
  readonly #open = new Set<unknown>();

  get usage(): Usage | undefined {
    return usageOf(this.#usage);
  }

  get complete(): boolean {
    return this.#ended || (this.finishReason !== undefined && this.#open.size === 0);
  }

  get closingMark(): SseEvent {
    return { event: 'message_stop', data: '{"type":"message_stop"}' };
  }

  read(data: string): EventReading {
    const json = parseJson(data);
    if (!isObject(json)) return { kind: 'malformed' };
    const type = stringAt(json, 'type');
    switch (type) {
      case undefined:
        return { kind: 'malformed' };
      case 'error':
        return { kind: 'error', failure: failureOfAnthropic(json) };
      case 'message_start': {
        const message = objectAt(json, 'message');
        this.model = message && stringAt(message, 'model');
        this.#count(message);
        return { kind: 'meta' };
      }
      case 'content_block_start':
        this.#open.add(json['index']);
        return startOf(objectAt(json, 'content_block'));
      case 'content_block_delta':
        return deltaOf(objectAt(json, 'delta'));
      case 'content_block_stop':
        this.#open.delete(json['index']);
        return { kind: 'meta' };
      case 'message_delta': {
        const delta = objectAt(json, 'delta');
        this.finishReason = (delta && stringAt(delta, 'stop_reason')) ?? this.finishReason;
        this.#count(json);
        return { kind: 'meta' };
      }
      case 'message_stop':
        this.#ended = true;
        return { kind: 'end' };
      default:
        return { kind: 'meta' };
    }
  }

  /** Each count is cumulative and takes the place of the one before; a null says nothing. */
  #count(holder: JsonObject | undefined): void {
    const usage = holder && objectAt(holder, 'usage');
    if (!usage) return;
    const known = Object.entries(usage).filter(([, count]) => count !== null);
    this.#usage = { ...this.#usage, ...Object.fromEntries(known) };
  }
}

/** A tool call may have nothing but its name; text and thoughts begin empty. */
function startOf(block: JsonObject | undefined): EventReading {
  const text = (block && stringAt(block, 'text')) ?? '';
  const isCall = block !== undefined && block['type'] !== 'text' && block['type'] !== 'thinking';
  return { kind: isCall || text !== '' ? 'content' : 'meta', text };
}

const DELTA_FIELDS = ['text', 'partial_json', 'thinking'];

function deltaOf(delta: JsonObject | undefined): EventReading {
  if (!delta) return { kind: 'malformed' };
  const isFilled = DELTA_FIELDS.some((field) => (stringAt(delta, field) ?? '') !== '');
  return { kind: isFilled ? 'content' : 'meta', text: stringAt(delta, 'text') ?? '' };
}

/** Anthropic counts what went through the cache apart; our input is all of it. */
function usageOf(usage: JsonObject | undefined): Usage | undefined {
  if (!usage) return undefined;
  const count = (field: string): number => numberAt(usage, field) ?? 0;
  const cachedInputTokens = count('cache_read_input_tokens');
  return {
    inputTokens: count('input_tokens') + count('cache_creation_input_tokens') + cachedInputTokens,
    outputTokens: count('output_tokens'),
    cachedInputTokens,
  };
}
