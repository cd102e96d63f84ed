import { z } from 'zod';
import { wait, type Duration } from '../validation/duration.js';
import { layerOf } from './layers.js';

/** How the beginning of a stream is buffered, and what happens when the rest breaks. */
export interface StreamOptions {
  /**
   * Chunks of content to buffer before the first goes out, so that an early failure can be rescued unseen. 1–64,
   * default 1.
   */
  bufferThreshold?: number | undefined;
  /** Stop buffering at this many characters of data. Default 65,536. */
  bufferMaxSize?: number | undefined;
  /** Stop buffering this long after the first chunk. Default `'500ms'`. */
  bufferMaxDelay?: Duration | undefined;
  /**
   * A stream that breaks after its first chunk ends in an error event (`error`, default), or another environment
   * continues it where possible (`continue`).
   */
  streamRecovery?: 'error' | 'continue' | undefined;
}

/** Picks its own settings from those of a route, among which they stand. */
export const streams = z.object({
  bufferThreshold: z.int().min(1).max(64).default(1),
  bufferMaxSize: z.int().min(1).max(16_777_216).default(65_536),
  bufferMaxDelay: wait.prefault('500ms'),
  streamRecovery: z.enum(['error', 'continue']).default('error'),
});

export const streamLayer = layerOf(streams);
