import { PlainSignal, type CallerSignal } from '../domain/caller-signal.js';
import type { Outcome } from '../domain/outcome.js';
import type { Usage } from '../domain/usage.js';
import { failureFrom, UpstreamFailure } from '../upstream/upstream-failure.js';
import type { StreamEvent } from '../upstream/upstream-stream.js';
import type { Call, CallReport } from './call.js';
import type { BegunStream } from './hold-back.js';
import type { SentAnswer } from './sent-answer.js';
import { UpstreamError } from './upstream-error.js';

/** What becomes of an answer that broke off. */
export interface Recovery {
  /** Tells whoever decides about asking this environment again. */
  broke(failure: UpstreamFailure): void;
  /** Finds somebody who goes on with it, while it is wanted; `undefined` when nobody can or may. */
  resume(failure: UpstreamFailure, unwanted: CallerSignal): Promise<BegunStream | undefined>;
}

/**
 * An answer on its way to the caller, pinned to the environment that began it: no shift and no rollback touches
 * it. Ends cleanly only when the answer is whole. Its books are closed as soon as it can come to nothing more, also while
 * nobody reads it.
 */
export class RoutedStream implements AsyncIterable<readonly StreamEvent[]> {
  /** The stream that the answer comes from: another one each time it is gone on with elsewhere. */
  #current: BegunStream;
  readonly #over = new PlainSignal();
  /** Why it was given up before its end. */
  #givenUp: UpstreamFailure | undefined;
  /** Somebody waits for the upstream, or for another one, and learns there how it ends. */
  #isReading = false;
  /** The last piece has broken off, and is in the books. */
  #isBroken = false;
  #isClosed = false;

  /** @param sent takes in what goes out, when somebody could go on behind it. */
  constructor(
    private readonly call: Call,
    begun: BegunStream,
    private readonly recovery: Recovery,
    private readonly sent: SentAnswer | undefined,
  ) {
    this.#current = begun;
    this.#watch(begun);
  }

  /** Says that the answer is not wanted any more, or was given up while nobody was reading it: nothing more comes. */
  get over(): CallerSignal {
    return this.#over;
  }

  report(): CallReport {
    return this.call.report();
  }

  /** Over all pieces, once it has ended. */
  get usage(): Usage | undefined {
    return this.call.usage;
  }

  get finishReason(): string | undefined {
    return this.#current.upstream.finishReason;
  }

  get latency(): number {
    return this.call.latency;
  }

  get timeToFirstToken(): number | undefined {
    return this.call.timeToFirstToken;
  }

  get cost(): number | undefined {
    return this.call.cost;
  }

  /** @throws {UpstreamError} when the stream breaks behind its first chunk and nobody goes on with it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<readonly StreamEvent[]> {
    try {
      for (;;) {
        const { held, pending, rest } = this.#current;
        this.#assertWanted();
        if (held.length > 0) yield this.#passed(held);
        let broken: UpstreamFailure | undefined;
        for (let read = pending; ; read = undefined) {
          this.#assertWanted();
          let next: IteratorResult<readonly StreamEvent[]>;
          this.#isReading = true;
          try {
            next = await (read ?? rest.next());
          } catch (error) {
            broken = failureFrom(error);
            break;
          }
          this.#isReading = false;
          if (next.done) break;
          yield this.#passed(next.value);
        }
        if (!broken) break;
        this.#broke(broken);
        const piece = await this.#resumed(broken);
        this.#assertWanted();
        if (!piece) throw this.#failed(broken);
        this.#current = piece;
        this.#isReading = this.#isBroken = false;
        this.#watch(piece);
      }
      this.#close('ok');
    } finally {
      this.cancel();
    }
  }

  /** The caller wants no more: closes the upstream's socket and books what was used. Behind the end it is no abort. */
  cancel(): void {
    this.#giveUp(new UpstreamFailure('client_abort', 'the caller left'));
  }

  /** Somebody who goes on; nobody, once the caller has left meanwhile. */
  async #resumed(broken: UpstreamFailure): Promise<BegunStream | undefined> {
    const { signal } = this.call.request;
    const leave = (): void => this.cancel();
    signal?.addEventListener('abort', leave, { once: true });
    try {
      const piece = await this.recovery.resume(broken, this.#over);
      if (this.#givenUp) piece?.upstream.cancel(this.#givenUp);
      return piece;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #watch({ upstream }: BegunStream): void {
    upstream.onGivenUp((failure) => {
      if (this.#isReading || this.#isClosed) return;
      if (!upstream.complete) this.#broke(failure);
      this.#giveUp(failure);
    });
  }

  #giveUp(failure: UpstreamFailure): void {
    if (this.#isClosed) return;
    const { upstream } = this.#current;
    if (upstream.complete && !this.#isBroken) this.#close('ok');
    else {
      this.#givenUp = failure;
      this.#close(failure.failure);
    }
    upstream.cancel(failure);
    this.#over.abort();
  }

  #assertWanted(): void {
    if (this.#givenUp) throw this.#failed(this.#givenUp);
  }

  #broke(failure: UpstreamFailure): void {
    if (this.#isClosed) return;
    this.#isBroken = true;
    this.call.brokeWith(failure, this.#current.upstream.usage);
    this.recovery.broke(failure);
  }

  #close(outcome: Outcome): void {
    this.#isClosed = true;
    const { upstream } = this.#current;
    this.call.close(outcome, this.#isBroken ? undefined : upstream.usage, outcome === 'ok' ? upstream : undefined);
  }

  #passed(events: readonly StreamEvent[]): readonly StreamEvent[] {
    this.sent?.add(events);
    this.call.mirrored?.streamed(events);
    return events;
  }

  #failed(failure: UpstreamFailure): UpstreamError {
    this.#close(failure.failure);
    const { route, environment, requestId, attempts } = this.call.report();
    return new UpstreamError(route, environment, failure.failure, attempts, requestId, failure);
  }
}
