import type { Usage } from '../domain/usage.js';
import { failureFrom, UpstreamFailure } from '../upstream/upstream-failure.js';
import type { StreamEvent } from '../upstream/upstream-stream.js';
import type { Call, CallReport } from './call.js';
import type { BegunStream } from './hold-back.js';
import { UpstreamError } from './upstream-error.js';

/**
 * An answer on its way to the caller, pinned to the environment that began it: no shift and no rollback touches
 * it. Ends cleanly only when the answer is whole.
 */
export class RoutedStream implements AsyncIterable<readonly StreamEvent[]> {
  constructor(
    private readonly call: Call,
    private readonly begun: BegunStream,
    private readonly onBroken: (failure: UpstreamFailure) => void,
  ) {}

  report(): CallReport {
    return this.call.report();
  }

  get usage(): Usage | undefined {
    return this.begun.upstream.usage;
  }

  get finishReason(): string | undefined {
    return this.begun.upstream.finishReason;
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

  /** @throws {UpstreamError} when the stream breaks behind its first chunk. */
  async *[Symbol.asyncIterator](): AsyncGenerator<readonly StreamEvent[]> {
    const { held, pending, rest, upstream } = this.begun;
    let ended = false;
    try {
      if (held.length > 0) yield held;
      for (let next = await (pending ?? rest.next()); !next.done; next = await rest.next()) yield next.value;
      ended = true;
      this.call.close('ok', upstream.usage);
    } catch (error) {
      ended = true;
      throw this.#broken(failureFrom(error));
    } finally {
      if (!ended) this.cancel();
    }
  }

  /** The caller wants no more: closes the upstream's socket and books what was used. */
  cancel(): void {
    this.begun.upstream.cancel(new UpstreamFailure('client_abort', 'the caller left'));
    this.call.close('client_abort', this.usage);
  }

  #broken(failure: UpstreamFailure): UpstreamError {
    this.call.brokeWith(failure);
    this.onBroken(failure);
    this.call.close(failure.failure, this.usage);
    const { route, environment, requestId, attempts } = this.call.report();
    return new UpstreamError(route, environment, failure.failure, attempts, requestId, failure);
  }
}
