import { sumOfUsages, type Usage } from '../domain/usage.js';
import { failureFrom, UpstreamFailure } from '../upstream/upstream-failure.js';
import type { StreamEvent } from '../upstream/upstream-stream.js';
import type { Call, CallReport } from './call.js';
import type { BegunStream } from './hold-back.js';
import type { SentAnswer } from './sent-answer.js';
import { UpstreamError } from './upstream-error.js';

/** Finds somebody who goes on with an answer that broke off; `undefined` when nobody can or may. */
export type Resume = (failure: UpstreamFailure) => Promise<BegunStream | undefined>;

/**
 * An answer on its way to the caller, pinned to the environment that began it: no shift and no rollback touches
 * it. Ends cleanly only when the answer is whole.
 */
export class RoutedStream implements AsyncIterable<readonly StreamEvent[]> {
  /** The streams that the answer came from: one, and one more each time it was gone on with elsewhere. */
  readonly #pieces: BegunStream[];

  /** @param sent takes in what goes out, when somebody could go on behind it. */
  constructor(
    private readonly call: Call,
    begun: BegunStream,
    private readonly resume: Resume,
    private readonly sent: SentAnswer | undefined,
  ) {
    this.#pieces = [begun];
  }

  report(): CallReport {
    return this.call.report();
  }

  /** Over all pieces. */
  get usage(): Usage | undefined {
    return sumOfUsages(this.#pieces.map(({ upstream }) => upstream.usage));
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
    return this.call.costOf(this.usage);
  }

  /** @throws {UpstreamError} when the stream breaks behind its first chunk and nobody goes on with it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<readonly StreamEvent[]> {
    let ended = false;
    try {
      for (;;) {
        const { held, pending, rest } = this.#current;
        if (held.length > 0) yield this.#passed(held);
        let broken: UpstreamFailure | undefined;
        for (let read = pending ?? rest.next(); ; read = rest.next()) {
          let next: IteratorResult<readonly StreamEvent[]>;
          try {
            next = await read;
          } catch (error) {
            broken = failureFrom(error);
            break;
          }
          if (next.done) break;
          yield this.#passed(next.value);
        }
        if (!broken) break;
        this.call.brokeWith(broken);
        const piece = await this.resume(broken);
        if (!piece) {
          ended = true;
          throw this.#failed(broken);
        }
        this.#pieces.push(piece);
      }
      ended = true;
      this.call.close('ok', this.usage, this.#current.upstream);
    } finally {
      if (!ended) this.cancel();
    }
  }

  /** The caller wants no more: closes the upstream's socket and books what was used. Behind the end it is no abort. */
  cancel(): void {
    const { upstream } = this.#current;
    if (upstream.complete) this.call.close('ok', this.usage, upstream);
    else this.call.close('client_abort', this.usage);
    upstream.cancel(new UpstreamFailure('client_abort', 'the caller left'));
  }

  get #current(): BegunStream {
    return this.#pieces.at(-1)!;
  }

  #passed(events: readonly StreamEvent[]): readonly StreamEvent[] {
    this.sent?.add(events);
    this.call.mirrored?.streamed(events);
    return events;
  }

  #failed(failure: UpstreamFailure): UpstreamError {
    this.call.close(failure.failure, this.usage);
    const { route, environment, requestId, attempts } = this.call.report();
    return new UpstreamError(route, environment, failure.failure, attempts, requestId, failure);
  }
}
