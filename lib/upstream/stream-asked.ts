import type { SseEvent } from './sse.js';

/** The parts of a request that its stream needs. */
export interface StreamAsked {
  /** Estimates the input of a stream that does not tell. */
  readonly inputTokens: () => number;
  /** We asked for the usage event, the caller did not. */
  readonly hideUsage: boolean;
  /** The caller asked for it: their stream does not end before it. */
  readonly wantsUsage: boolean;
  /** The events of a whole answer that came in place of a stream. @throws {UpstreamFailure} when it is none. */
  readonly asEvents: (whole: Buffer) => readonly SseEvent[];
}
