import type { Clock } from '../kit/clock.js';
import type { UpstreamStream } from '../upstream/upstream-stream.js';
import type { StreamEvent } from '../upstream/accepted-events.js';

/** How much of a stream is buffered before its first chunk goes out, whichever limit is reached first. */
export interface StreamBuffer {
  /** Content chunks. */
  readonly chunks: number;
  /** Characters of data. */
  readonly size: number;
  /** Milliseconds since the first content chunk. */
  readonly delay: number;
}

/** A stream that has begun. It is paused after the events that are buffered. */
export interface BegunStream {
  readonly upstream: UpstreamStream;
  readonly buffered: readonly StreamEvent[];
}

/**
 * Reads until enough is buffered or the answer is whole. Nothing has gone out by then, so the caller never sees a
 * failure that is rescued.
 *
 * @throws {UpstreamFailure}
 */
export function buffered(
  upstream: UpstreamStream,
  limits: StreamBuffer,
  clock: Clock,
  onFirstToken: () => void,
): Promise<BegunStream> {
  const events: StreamEvent[] = [];
  let size = 0;
  let cancelTimer: (() => void) | undefined;
  const isEnough = (): boolean =>
    upstream.contentChunks >= limits.chunks || (upstream.contentChunks > 0 && size >= limits.size);
  return new Promise((resolve, reject) => {
    const begin = (): void => {
      cancelTimer?.();
      upstream.pause();
      resolve({ upstream, buffered: events });
    };
    upstream.into({
      write: (batch) => {
        if (upstream.contentChunks > 0) onFirstToken();
        events.push(...batch);
        for (const { data } of batch) size += data.length;
        if (isEnough()) {
          begin();
          return false;
        }
        if (upstream.contentChunks > 0) cancelTimer ??= clock.after(limits.delay, begin);
        return true;
      },
      end: (error) => {
        if (!error) begin();
        else {
          cancelTimer?.();
          reject(error);
        }
      },
    });
    if (isEnough()) begin();
    else upstream.resume();
  });
}
