import type { Clock } from '../domain/clock.js';
import type { StreamEvent, UpstreamStream } from '../upstream/upstream-stream.js';

/** How much of a stream is held back before its first chunk goes out, whichever is reached first. */
export interface HoldBack {
  /** Content chunks. */
  readonly chunks: number;
  /** Characters of data. */
  readonly size: number;
  /** Milliseconds since the first content chunk. */
  readonly delay: number;
}

type Batch = IteratorResult<readonly StreamEvent[]>;

/** A stream whose first chunks are in hand. */
export interface BegunStream {
  readonly upstream: UpstreamStream;
  /** What has come so far. */
  readonly held: readonly StreamEvent[];
  /** The read that was under way when the time was over. */
  readonly pending: Promise<Batch> | undefined;
  readonly rest: AsyncIterator<readonly StreamEvent[]>;
}

/**
 * Reads until enough is in hand or the answer is whole. A failure up to here has been seen by nobody, so it can be
 * rescued unseen.
 *
 * @throws {UpstreamFailure}
 */
export async function hold(
  upstream: UpstreamStream,
  limits: HoldBack,
  clock: Clock,
  onFirstToken: () => void,
): Promise<BegunStream> {
  const rest = upstream[Symbol.asyncIterator]();
  const held: StreamEvent[] = [];
  let size = 0;
  let time: Timeout | undefined;
  try {
    while (upstream.contentChunks < limits.chunks && (upstream.contentChunks === 0 || size < limits.size)) {
      if (upstream.contentChunks > 0) time ??= new Timeout(limits.delay, clock);
      const reading = rest.next();
      const next = await (time ? Promise.race([reading, time.over]) : reading);
      if (next === TIME_OVER) {
        // It may fail before anybody gets to await it again.
        reading.catch(() => {});
        return { upstream, held, pending: reading, rest };
      }
      if (next.done) break;
      if (upstream.contentChunks > 0) onFirstToken();
      held.push(...next.value);
      for (const { data } of next.value) size += data.length;
    }
    return { upstream, held, pending: undefined, rest };
  } finally {
    time?.cancel();
  }
}

const TIME_OVER = Symbol('time over');

class Timeout {
  readonly over: Promise<typeof TIME_OVER>;
  cancel: () => void = () => {};

  constructor(ms: number, clock: Clock) {
    this.over = new Promise((resolve) => {
      this.cancel = clock.after(ms, () => resolve(TIME_OVER));
    });
  }
}
