import { z } from 'zod';
import { duration, type Duration } from '../validation/duration.js';
import { fn, switchable } from '../validation/fields.js';

/** One line per request, kept where the journal is kept: which environment answered, how long it took, what it cost. */
export interface RequestLogInput {
  /**
   * Most lines to keep in memory or Redis, however recent they are. Default 10,000 in memory (about 4 MB); 250,000 in
   * Redis (about 100 MB), 10,000 with `content`. In files: 32 of 16 MiB each.
   */
  maxEntries?: number | undefined;
  retention?:
    | {
        /** For mirrored copies. Default `'24h'`. */
        shadow?: Duration | undefined;
        /** For callers' requests. Default `'72h'`. */
        active?: Duration | undefined;
      }
    | undefined;
  /** Also keep the content of requests. Default `false`. */
  content?: boolean | undefined;
  /** Returns the part of the content to keep. If it throws, nothing is kept. */
  redact?: ((content: unknown) => unknown) | undefined;
}

export const requestLog = switchable(
  z.strictObject({
    maxEntries: z.int().min(1).max(10_000_000).optional(),
    retention: z.strictObject({ shadow: duration.prefault('24h'), active: duration.prefault('72h') }).prefault({}),
    content: z.boolean().default(false),
    redact: fn<(content: unknown) => unknown>().optional(),
  }),
).prefault(true);
