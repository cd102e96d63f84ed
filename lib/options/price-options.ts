import { z } from 'zod';

/** What a model costs, in US dollars per million tokens. */
export interface PriceOptions {
  /** Input tokens. */
  input: number;
  /** Output tokens. */
  output: number;
  /** Cached input tokens. Default: as `input`. */
  cachedInput?: number | undefined;
}

export const prices = z
  .record(
    z.string(),
    z.strictObject({
      input: z.number().min(0),
      output: z.number().min(0),
      cachedInput: z.number().min(0).optional(),
    }),
  )
  .default({});
