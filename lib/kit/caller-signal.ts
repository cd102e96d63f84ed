/** Tells when the caller has left: an `AbortSignal`, or the part of one that this takes. */
export interface CallerSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The cheapest such signal: a real `AbortSignal` per request costs more than routing the request. */
export class PlainSignal implements CallerSignal {
  /** Most signals have one listener: a set would cost more than the rest of the signal. */
  #first: (() => void) | undefined;
  #others: Set<() => void> | undefined;
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Tells all listeners, once. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#first?.();
    for (const listener of this.#others ?? []) listener();
  }

  addEventListener(_: 'abort', listener: () => void): void {
    if (this.#first === undefined) this.#first = listener;
    else if (this.#first !== listener) (this.#others ??= new Set()).add(listener);
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    if (this.#first === listener) this.#first = undefined;
    else this.#others?.delete(listener);
  }
}
