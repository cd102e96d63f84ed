import type { StreamEvent } from '../upstream/upstream-stream.js';

/** Longest answer that is kept to be gone on with, characters. */
const MAX_KEPT = 1_000_000;

/** What of a streamed answer the caller has already been given. */
export class SentAnswer {
  #text = '';
  #resumable = true;

  get text(): string {
    return this.#text;
  }

  /**
   * Whether somebody else could go on with it: it is text and nothing but text, and not longer than is kept. Half a
   * tool call cannot be gone on with.
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
