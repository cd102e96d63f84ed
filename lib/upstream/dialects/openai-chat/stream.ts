import type { Usage } from '../../../domain/usage.js';
import { isObject, numberAt, objectAt, parseJson, stringAt, type JsonObject } from '../../../kit/json.js';
import { errorFacts } from '../../errors/error-facts.js';
import { errorInside } from '../../errors/classify-error.js';
import type { SseEvent } from '../../sse.js';
import { failureOfEnd, isRefusedEnd } from '../endings.js';
import type { EventReading, StreamReader } from '../readings.js';
import { laterUsage } from '../usage-counts.js';
import { errorOfChoice, readMessage } from './message.js';
import { usageOf } from './usage.js';

const DONE = '[DONE]';

export class ChatStreamReader implements StreamReader {
  model: string | undefined;
  usage: Usage | undefined;
  finishReason: string | undefined;
  #ended = false;
  #isEmpty = true;
  readonly #open = new Set<number>();
  readonly #finished = new Set<number>();

  /** @param pieceOf where a choice has its piece of the message. */
  constructor(
    private readonly choices: number,
    private readonly pieceOf = (choice: JsonObject) => objectAt(choice, 'delta'),
  ) {}

  /** A closing mark alone does not make an answer whole: relays write it after streams that broke. */
  get complete(): boolean {
    const finished = this.#finished.size;
    return finished > 0 && this.#open.size === 0 && (this.#ended || finished >= this.choices);
  }

  get closingMark(): SseEvent {
    return { event: undefined, data: DONE };
  }

  read(data: string): EventReading {
    if (data.startsWith('[') && data.trim() === DONE) {
      this.#ended = true;
      return { kind: 'end' };
    }
    const json = parseJson(data);
    if (!isObject(json) || !Array.isArray(json['choices'])) return errorOrNothing(json);
    if (json['error'] !== undefined && json['error'] !== null) return { kind: 'error', ...errorInside(json) };
    const { choices } = json;

    this.model ??= stringAt(json, 'model') || undefined;
    this.usage = laterUsage(this.usage, usageOf(json));
    if (choices.length === 0) return { kind: json['usage'] ? 'usage' : 'meta' };
    return this.#readChoices(choices.filter(isObject));
  }

  #readChoices(choices: readonly JsonObject[]): EventReading {
    let [text, reasoning] = ['', ''];
    let hasContent = false;
    let isRefusal = false;
    for (const choice of choices) {
      const error = errorOfChoice(choice);
      if (error) return { kind: 'error', ...errorInside(error) };
      const index = numberAt(choice, 'index') ?? 0;
      const delta = this.pieceOf(choice);
      if (delta) {
        const said = readMessage(delta);
        hasContent ||= said.hasContent;
        // Only the first choice's, as in a whole answer: the texts of several choices do not belong together.
        if (index === 0) {
          text += said.text;
          reasoning += said.reasoning;
          isRefusal ||= said.refused;
        }
      }
      this.#isEmpty &&= !hasContent;
      const finishReason = stringAt(choice, 'finish_reason');
      const failure = failureOfEnd(finishReason, this.#isEmpty);
      if (failure) return { kind: 'error', failure, facts: errorFacts(undefined) };
      this.#trackEnd(index, finishReason);
      isRefusal ||= index === 0 && isRefusedEnd(finishReason);
    }
    return {
      kind: hasContent ? 'content' : 'meta',
      text,
      ...(reasoning !== '' && { reasoning }),
      ...(isRefusal && { refused: true }),
    };
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

/** Data without choices: an error in some shape, or nothing that can be read. */
function errorOrNothing(json: unknown): EventReading {
  const { isError, status } = errorFacts(json);
  return isError || status !== undefined ? { kind: 'error', ...errorInside(json) } : { kind: 'malformed' };
}
