import { Outlet, type Sink } from '../upstream/flow.js';
import type { StreamEvent } from '../upstream/accepted-events.js';
import type { UpstreamError } from './upstream-error.js';

/**
 * The caller's side of a stream: what is buffered for it, and the end, which may come before the caller takes anything.
 */
export class StreamOutlet {
  readonly #outlet = new Outlet<readonly StreamEvent[]>();
  /** Goes out before anything else. */
  #buffered: readonly StreamEvent[] = [];
  #isTaken = false;
  #end: { readonly error: UpstreamError | undefined } | undefined;

  /** @param pass writes the buffered events to this outlet; returns whether more may follow at once. */
  constructor(private readonly pass: (events: readonly StreamEvent[]) => boolean) {}

  get paused(): boolean {
    return this.#outlet.paused;
  }

  set paused(paused: boolean) {
    this.#outlet.paused = paused;
  }

  into(sink: Sink<readonly StreamEvent[]>): void {
    this.#outlet.into(sink);
  }

  buffer(events: readonly StreamEvent[]): void {
    this.#buffered = events;
  }

  /** Buffered chunks stay, and this comes after them. */
  append(events: readonly StreamEvent[]): void {
    this.#buffered = [...this.#buffered, ...events];
  }

  /** @returns whether more may follow at once. */
  write(events: readonly StreamEvent[]): boolean {
    return this.#outlet.write(events);
  }

  /** @returns whether the end was still to be told, and has been. */
  take(): boolean {
    this.#isTaken = true;
    if (this.#end) this.#finish(this.#end.error);
    else this.#outlet.paused = false;
    return this.#end !== undefined;
  }

  /** @returns whether more may follow at once. */
  flush(): boolean {
    const events = this.#buffered;
    this.#buffered = [];
    return events.length === 0 || this.pass(events);
  }

  /** Tells the caller how the stream ended: now, or as soon as it takes. */
  end(error: UpstreamError | undefined): void {
    this.#end = { error };
    if (this.#isTaken) this.#finish(error);
  }

  /** Ends without what is buffered: something threw. */
  crash(error: Error): void {
    this.#outlet.end(error);
  }

  #finish(error: UpstreamError | undefined): void {
    this.flush();
    this.#outlet.end(error);
  }
}
