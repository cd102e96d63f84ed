import type { Clock } from '../kit/clock.js';
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

/** A stream whose first chunks are in hand; it is paused behind them. */
export interface BegunStream {
  readonly upstream: UpstreamStream;
  /** What has come so far. */
  readonly held: readonly StreamEvent[];
}

/**
 * Reads until enough is in hand or the answer is whole. A failure up to here has been seen by nobody, so it can be
 * rescued unseen.
 *
 * @throws {UpstreamFailure}
 */
export function hold(
  upstream: UpstreamStream,
  limits: HoldBack,
  clock: Clock,
  onFirstToken: () => void,
): Promise<BegunStream> {
  const held: StreamEvent[] = [];
  let size = 0;
  let cancelTimer: (() => void) | undefined;
  const isEnough = (): boolean =>
    upstream.contentChunks >= limits.chunks || (upstream.contentChunks > 0 && size >= limits.size);
  return new Promise((resolve, reject) => {
    const over = (): void => {
      cancelTimer?.();
      upstream.pause();
      resolve({ upstream, held });
    };
    upstream.into({
      write: (events) => {
        if (upstream.contentChunks > 0) onFirstToken();
        held.push(...events);
        for (const { data } of events) size += data.length;
        if (isEnough()) {
          over();
          return false;
        }
        if (upstream.contentChunks > 0) cancelTimer ??= clock.after(limits.delay, over);
        return true;
      },
      end: (error) => {
        if (!error) over();
        else {
          cancelTimer?.();
          reject(error);
        }
      },
    });
    if (isEnough()) over();
    else upstream.resume();
  });
}
