import type { Usage } from '../../../domain/usage.js';
import { isObject, numberAt, objectAt, parseJson, stringAt, type JsonObject } from '../../../kit/json.js';
import type { SseEvent } from '../../sse.js';
import { isRefusedEnd } from '../endings.js';
import type { EventReading, StreamReader } from '../readings.js';
import { countAt, usageFrom } from '../usage-counts.js';
import { errorInside } from '../../errors/classify-error.js';

export class MessageStreamReader implements StreamReader {
  model: string | undefined;
  finishReason: string | undefined;
  #usage: JsonObject | undefined;
  #ended = false;
  readonly #open = new Set<unknown>();

  get usage(): Usage | undefined {
    return usageOf(this.#usage);
  }

  /** A closing mark alone does not make an answer whole: relays close what broke behind them. */
  get complete(): boolean {
    return this.finishReason !== undefined && (this.#ended || this.#open.size === 0);
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
        return isObject(json['error']) ? { kind: 'error', ...errorInside(json) } : { kind: 'malformed' };
      case 'error':
        return { kind: 'error', ...errorInside(json) };
      case 'message_start': {
        const message = objectAt(json, 'message');
        this.model = (message && stringAt(message, 'model')) || undefined;
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
        return { kind: 'meta', ...(isRefusedEnd(this.finishReason) && { refused: true }) };
      }
      case 'message_stop':
        this.#ended = true;
        return { kind: 'end' };
      default:
        return { kind: 'meta' };
    }
  }

  /** Each count is cumulative and replaces the one before; a null says nothing, nor does a zero after a count. */
  #count(holder: JsonObject | undefined): void {
    const usage = holder && objectAt(holder, 'usage');
    if (!usage) return;
    const known = Object.entries(usage).filter(
      ([kind, count]) => count !== null && !(count === 0 && this.#usage?.[kind]),
    );
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
  const reasoning = stringAt(delta, 'thinking') ?? '';
  const kind = isFilled || isObject(delta['citation']) ? 'content' : 'meta';
  return { kind, text: stringAt(delta, 'text') ?? '', ...(reasoning !== '' && { reasoning }) };
}

/** Anthropic counts cached input apart; our input is all of it. */
export function usageOf(usage: JsonObject | undefined): Usage | undefined {
  if (!usage) return undefined;
  const count = (field: string): number => numberAt(usage, field) ?? 0;
  const cachedInputTokens = count('cache_read_input_tokens');
  const cacheWriteTokens = count('cache_creation_input_tokens');
  const counts = {
    inputTokens: count('input_tokens') + cacheWriteTokens + cachedInputTokens,
    outputTokens: count('output_tokens'),
    cachedInputTokens,
    cacheWriteTokens,
    reasoningTokens: countAt(objectAt(usage, 'output_tokens_details'), 'thinking_tokens'),
    cacheWrite1hTokens: countAt(objectAt(usage, 'cache_creation'), 'ephemeral_1h_input_tokens'),
  };
  return usageFrom(counts, stringAt(usage, 'service_tier'));
}
