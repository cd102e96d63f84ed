/** Tells when the caller has left: an `AbortSignal`, or the part of one that this takes. */
export interface CallerSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The cheapest such signal: a real `AbortSignal` per request costs more than routing the request. */
export class PlainSignal implements CallerSignal {
  /** Most signals have one listener. */
  #first: (() => void) | undefined;
  /**
   * A list, although a set would be searched faster: V8 keeps a link from each table of a set to the table that took its
   * place. With a listener for every call the garbage of one call would keep that of all later calls.
   */
  #others: (() => void)[] | undefined;
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Tells all listeners, once. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    // Listeners may remove themselves meanwhile.
    const others = [...(this.#others ?? [])];
    this.#first?.();
    for (const listener of others) listener();
  }

  addEventListener(_: 'abort', listener: () => void): void {
    if (this.#first === undefined) this.#first = listener;
    else if (this.#first !== listener) (this.#others ??= []).push(listener);
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    if (this.#first === listener) this.#first = undefined;
    else this.#removeOther(listener);
  }

  #removeOther(listener: () => void): void {
    const others = this.#others ?? [];
    const at = others.indexOf(listener);
    if (at < 0) return;
    const last = others.pop()!;
    if (at < others.length) others[at] = last;
  }
}
