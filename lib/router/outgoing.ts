import type { JsonObject } from '../kit/json.js';
import type { JsonAnswer } from '../upstream/attempt.js';
import { jsonObject, type OpaqueState } from '../upstream/dialects/opaque-state.js';
import { formatEvent, type SseEvent } from '../upstream/sse.js';
import type { AnswerName } from './answer-name.js';

/** Changes to an answer on its way to the caller: the name that was asked for, and stamps. */
export class Outgoing {
  /** A value that comes in several pieces, until it is whole. */
  #held: { readonly event: SseEvent; value: string } | undefined;
  /** Events about one part repeat its id. */
  readonly #last = { value: '', stamped: '' };

  constructor(
    private readonly name: AnswerName | undefined,
    private readonly state: OpaqueState | undefined,
    private readonly stamp: (value: string) => string,
  ) {}

  /** The body of a whole answer. */
  body(answer: Pick<JsonAnswer, 'body' | 'json'>): Buffer {
    return Buffer.from(this.latin1(answer), 'latin1');
  }

  /** The same, a character for each byte. */
  latin1({ body, json }: Pick<JsonAnswer, 'body' | 'json'>): string {
    const bytes = body.toString('latin1');
    const named = this.name ? this.name.inAnswer(bytes) : bytes;
    const values = this.state?.inAnswer(json as JsonObject) ?? [];
    return values.length === 0 ? named : this.#stamped(named, values);
  }

  event(event: SseEvent): SseEvent {
    const named = this.name ? this.name.inEvent(event) : event;
    const { data } = named;
    if (this.state?.mayHold.test(data)) {
      return { event: named.event, data: this.#stamped(data, this.state.inAnswer(jsonObject(data))) };
    }
    const id = this.state?.idIn?.(data);
    return id === undefined ? named : { event: named.event, data: this.#stamped(data, [id]) };
  }

  /** Events as they go over the wire. */
  format(events: readonly SseEvent[]): string {
    let text = '';
    for (const event of events) text += this.#format(event);
    return text;
  }

  #format(event: SseEvent): string {
    const piece = this.state?.pieceIn?.(event.data);
    if (piece !== undefined) {
      if (this.#held) this.#held.value += piece;
      else this.#held = { event, value: piece };
      return '';
    }
    const held = this.#held;
    this.#held = undefined;
    return (held ? this.#whole(held.event, held.value) : '') + formatEvent(this.event(event));
  }

  #whole({ event, data }: SseEvent, value: string): string {
    return formatEvent({ event, data: this.state!.withWhole!(data, value === '' ? '' : this.stamp(value)) });
  }

  /** Everything else stays as the provider wrote it. */
  #stamped(text: string, values: readonly string[]): string {
    let result = text;
    for (const value of new Set(values)) {
      // Ids and base64 need no escapes in JSON; anything else is none of them.
      if (/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value))
        result = result.replaceAll(`"${value}"`, `"${this.#stampOf(value)}"`);
    }
    return result;
  }

  #stampOf(value: string): string {
    if (this.#last.value !== value) Object.assign(this.#last, { value, stamped: this.stamp(value) });
    return this.#last.stamped;
  }
}
