import type { Usage } from '../../../domain/usage.js';
import { isObject, objectAt, parseJson, stringAt, type JsonObject } from '../../../kit/json.js';
import { errorInside } from '../../errors/classify-error.js';
import { isRefusedEnd } from '../endings.js';
import type { EventReading, StreamReader } from '../readings.js';
import { countAt, laterUsage, usageFrom } from '../usage-counts.js';

export class ResponseStreamReader implements StreamReader {
  model: string | undefined;
  usage: Usage | undefined;
  finishReason: string | undefined;
  complete = false;

  read(data: string): EventReading {
    const json = parseJson(data);
    if (!isObject(json)) return { kind: 'malformed' };
    const response = objectAt(json, 'response');
    if (response) this.#take(response);

    const type = stringAt(json, 'type');
    switch (type) {
      case 'response.completed':
      case 'response.incomplete':
        this.complete = true;
        return { kind: 'end', ...(isRefusedEnd(this.finishReason) && { refused: true }) };
      case 'response.failed':
        return { kind: 'error', ...errorInside(response?.['error']) };
      case 'error':
        return { kind: 'error', ...errorInside(json) };
      case undefined:
        return isObject(json['error']) ? { kind: 'error', ...errorInside(json) } : { kind: 'malformed' };
      default:
        return contentIn(type, json);
    }
  }

  #take(response: JsonObject): void {
    this.model ??= stringAt(response, 'model') || undefined;
    this.usage = laterUsage(this.usage, usageOf(response));
    this.finishReason = finishReasonOf(response) ?? this.finishReason;
  }
}

function contentIn(type: string, json: JsonObject): EventReading {
  if (type.endsWith('.delta')) {
    const delta = stringAt(json, 'delta') ?? '';
    const text = type === 'response.output_text.delta' ? delta : '';
    const isThought = type.startsWith('response.reasoning_') && delta !== '';
    const refused = type === 'response.refusal.delta' && { refused: true as const };
    return { kind: delta === '' ? 'meta' : 'content', text, ...(isThought && { reasoning: delta }), ...refused };
  }
  if (type.endsWith('.partial_image')) return { kind: 'content', text: '' };
  if (type !== 'response.output_item.added') return { kind: 'meta' };
  // A tool call may have nothing but its name; a message or a thought says nothing before its first delta.
  const item = objectAt(json, 'item');
  const isCall = item !== undefined && item['type'] !== 'message' && item['type'] !== 'reasoning';
  return { kind: isCall ? 'content' : 'meta' };
}

/** `completed`, or why the answer is not. */
export function finishReasonOf(response: JsonObject): string | undefined {
  const details = objectAt(response, 'incomplete_details');
  return (details && stringAt(details, 'reason')) ?? stringAt(response, 'status');
}

export function usageOf(response: JsonObject): Usage | undefined {
  const usage = objectAt(response, 'usage');
  if (!usage) return undefined;
  const input = objectAt(usage, 'input_tokens_details');
  const output = objectAt(usage, 'output_tokens_details');
  const counts = {
    inputTokens: countAt(usage, 'input_tokens'),
    outputTokens: countAt(usage, 'output_tokens'),
    cachedInputTokens: countAt(input, 'cached_tokens'),
    cacheWriteTokens: countAt(input, 'cache_write_tokens'),
    reasoningTokens: countAt(output, 'reasoning_tokens'),
    audioInputTokens: countAt(input, 'audio_tokens'),
    audioOutputTokens: countAt(output, 'audio_tokens'),
    imageInputTokens: countAt(input, 'image_tokens'),
  };
  return usageFrom(counts, stringAt(response, 'service_tier'));
}
