import type { Sink } from '../../lib/upstream/flow.js';

/** A sink that keeps what it gets, and says after each value whether it takes more. */
export class Gathered<T> implements Sink<T> {
  readonly values: T[] = [];
  /** How it ended, each time that it was told. */
  readonly ends: (Error | undefined)[] = [];
  /** Resolves with the first of them. */
  readonly over: Promise<Error | undefined>;
  #ended: (error: Error | undefined) => void = () => undefined;

  constructor(private readonly takesMore: (value: T) => boolean = () => true) {
    this.over = new Promise((resolve) => (this.#ended = resolve));
  }

  write(value: T): boolean {
    this.values.push(value);
    return this.takesMore(value);
  }

  end(error?: Error): void {
    this.ends.push(error);
    this.#ended(error);
  }
}
