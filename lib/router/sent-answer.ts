import type { StreamEvent } from '../upstream/accepted-events.js';

/** Longest answer that is kept for a continuation, characters. */
const MAX_KEPT = 1_000_000;

/** The part of a streamed answer that has gone out. */
export class SentAnswer {
  #text = '';
  #resumable = true;

  get text(): string {
    return this.#text;
  }

  /**
   * Whether another environment could continue it: it is nothing but text, and short enough to keep. Half a tool call
   * cannot be continued.
   */
  get resumable(): boolean {
    return this.#resumable;
  }

  add(events: readonly StreamEvent[]): void {
    if (!this.#resumable) return;
    for (const { reading } of events) {
      if (reading.kind !== 'content') continue;
      if (reading.text) this.#text += reading.text;
      else this.#resumable = false;
    }
    if (this.#text.length > MAX_KEPT) this.#resumable = false;
    if (!this.#resumable) this.#text = '';
  }
}
