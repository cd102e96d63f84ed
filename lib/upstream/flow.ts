/** Takes the values of a {@link Flow}. */
export interface Sink<T> {
  /** @returns whether more may follow at once; `false` pauses the flow until it is resumed. */
  write(value: T): boolean;
  /**
   * Nothing more follows: the flow is complete, or it broke. Called once. A paused sink hears it only when the flow
   * is given up.
   */
  end(error?: Error): void;
}

/**
 * Values that are pushed as they come, into one sink at a time. Nothing waits in memory between two chunks of an
 * answer. A promise would, for each of thousands of streams, and would get into the old generation of the heap.
 */
export interface Flow<T> {
  /** This sink gets all further values. The flow is paused until it is resumed. */
  into(sink: Sink<T>): void;
  pause(): void;
  resume(): void;
}

/** The end of a flow: its sink, and whether that sink takes more. */
export class Outlet<T> {
  paused = true;
  #sink: Sink<T> | undefined;

  into(sink: Sink<T>): void {
    this.#sink = sink;
    this.paused = true;
  }

  /** @returns whether more may follow at once. */
  write(value: T): boolean {
    const sink = this.#sink;
    // A sink that was replaced during this write does not pause its successor.
    if (sink?.write(value) === false && sink === this.#sink) this.paused = true;
    return !this.paused;
  }

  end(error?: Error): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.end(error);
  }
}

/** Reads a flow one value at a time. The reader asks again after the last promise has settled. */
export class Pull<T> implements AsyncIterableIterator<T>, Sink<T> {
  #values: T[] = [];
  #end: { readonly error?: Error | undefined } | undefined;
  #waiting: { resolve: (next: IteratorResult<T>) => void; reject: (error: Error) => void } | undefined;

  /** @param leave called when the reader leaves before the end. */
  constructor(
    private readonly flow: Flow<T>,
    private readonly leave?: () => void,
  ) {
    flow.into(this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#settle();
      if (this.#waiting) this.flow.resume();
    });
  }

  return(): Promise<IteratorResult<T>> {
    this.leave?.();
    this.#values = [];
    this.#end = {};
    return Promise.resolve({ value: undefined, done: true });
  }

  write(value: T): boolean {
    this.#values.push(value);
    this.#settle();
    return false;
  }

  end(error?: Error): void {
    this.#end ??= { error };
    this.#settle();
  }

  #settle(): void {
    const waiting = this.#waiting;
    if (!waiting || (this.#values.length === 0 && !this.#end)) return;
    this.#waiting = undefined;
    const [value] = this.#values.splice(0, 1);
    if (value !== undefined) waiting.resolve({ value, done: false });
    else if (this.#end?.error) {
      const { error } = this.#end;
      this.#end = {};
      waiting.reject(error);
    } else waiting.resolve({ value: undefined, done: true });
  }
}
