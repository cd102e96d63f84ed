import type { Usage } from '../../../domain/usage.js';
import { isObject, numberAt, objectAt, parseJson, stringAt, type JsonObject } from '../../../kit/json.js';
import type { SseEvent } from '../../sse.js';
import { errorInside } from '../../errors/classify-error.js';
import type { EventReading, StreamReader } from '../readings.js';

const DONE = '[DONE]';

export class ChatStreamReader implements StreamReader {
  model: string | undefined;
  usage: Usage | undefined;
  finishReason: string | undefined;
  #ended = false;
  readonly #open = new Set<number>();
  readonly #finished = new Set<number>();

  constructor(private readonly choices: number) {}

  get complete(): boolean {
    const begun = this.#open.size + this.#finished.size;
    return (this.#ended && begun > 0) || (this.#finished.size >= this.choices && this.#open.size === 0);
  }

  get closingMark(): SseEvent {
    return { event: undefined, data: DONE };
  }

  read(data: string): EventReading {
    if (data === DONE) {
      this.#ended = true;
      return { kind: 'end' };
    }
    const json = parseJson(data);
    if (!isObject(json)) return { kind: 'malformed' };
    if (json['error'] !== undefined && json['error'] !== null) {
      return { kind: 'error', ...errorInside(json) };
    }
    const { choices } = json;
    if (!Array.isArray(choices)) return { kind: 'malformed' };

    this.model ??= stringAt(json, 'model');
    this.usage = usageOf(json) ?? this.usage;
    if (choices.length === 0) return { kind: json['usage'] ? 'usage' : 'meta' };
    return this.#readChoices(choices);
  }

  #readChoices(choices: readonly unknown[]): EventReading {
    let text = '';
    let hasContent = false;
    let isRefusal = false;
    for (const choice of choices) {
      if (!isObject(choice)) continue;
      const index = numberAt(choice, 'index') ?? 0;
      this.#trackEnd(index, stringAt(choice, 'finish_reason'));
      const delta = objectAt(choice, 'delta');
      if (!delta) continue;
      // Only the first choice's, as in a whole answer: the texts of several choices do not belong together.
      if (index === 0) text += stringAt(delta, 'content') ?? '';
      isRefusal ||= index === 0 && isFilled(delta['refusal']);
      hasContent ||= CONTENT_FIELDS.some((field) => isFilled(delta[field]));
    }
    return { kind: hasContent ? 'content' : 'meta', text, ...(isRefusal && { refused: true }) };
  }

  #trackEnd(index: number, finishReason: string | undefined): void {
    // Some providers send an empty one with every chunk.
    if (!finishReason) {
      if (!this.#finished.has(index)) this.#open.add(index);
      return;
    }
    if (index === 0) this.finishReason ??= finishReason;
    this.#open.delete(index);
    this.#finished.add(index);
  }
}

/** Fields of a delta that a user waits for. A first chunk has only the role. */
const CONTENT_FIELDS = ['content', 'tool_calls', 'refusal', 'reasoning_content', 'function_call', 'audio'];

export function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

export function usageOf(json: JsonObject): Usage | undefined {
  const usage = objectAt(json, 'usage');
  if (!usage) return undefined;
  const details = objectAt(usage, 'prompt_tokens_details');
  return {
    inputTokens: numberAt(usage, 'prompt_tokens') ?? 0,
    outputTokens: numberAt(usage, 'completion_tokens') ?? 0,
    cachedInputTokens: (details && numberAt(details, 'cached_tokens')) ?? 0,
  };
}
