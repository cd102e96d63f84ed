interface Waiting {
  readonly listener: () => void;
  previous: Waiting | undefined;
  next: Waiting | undefined;
}

/**
 * Tells those that listen when something common to all of them ends, such as this process. Made for many that come and
 * go: they are linked to each other. A set would be rewritten all the time, and each of its old tables keeps alive what
 * it held until the whole heap is collected.
 */
export class EndSignal {
  #first: Waiting | undefined;
  #ended = false;

  get ended(): boolean {
    return this.#ended;
  }

  /** Tells all that listen, once. */
  end(): void {
    this.#ended = true;
    for (let waiting = this.#first; waiting; waiting = this.#first) {
      this.#remove(waiting);
      waiting.listener();
    }
  }

  /** Tells nobody who comes after the end: look at {@link ended} first. @returns stops listening. */
  listen(listener: () => void): () => void {
    const waiting: Waiting = { listener, previous: undefined, next: this.#first };
    if (this.#first) this.#first.previous = waiting;
    this.#first = waiting;
    return () => this.#remove(waiting);
  }

  #remove(waiting: Waiting): void {
    const { previous, next } = waiting;
    if (previous) previous.next = next;
    else if (this.#first === waiting) this.#first = next;
    if (next) next.previous = previous;
    waiting.previous = undefined;
    waiting.next = undefined;
  }
}
