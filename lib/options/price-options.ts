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

const price = z.number().min(0).max(1_000_000);

export const prices = z
  .record(
    z.string(),
    z.strictObject({
      input: price,
      output: price,
      cachedInput: price.optional(),
    }),
  )
  .default({});
