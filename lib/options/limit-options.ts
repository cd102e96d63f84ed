import { z } from 'zod';
import { layerOf } from './layers.js';

/** How much a provider may send. */
export interface LimitOptions {
  /** Bytes of one stream, as they come. A longer one ends with an error (`malformed`). Default 256 MiB. */
  streamBytes?: number | undefined;
}

export const limits = z.strictObject({
  streamBytes: z
    .int()
    .min(1_000)
    .max(1e12)
    .default(256 * 1024 * 1024),
});

export const limitLayer = layerOf(limits);
