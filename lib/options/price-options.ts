import { z } from 'zod';

/** The price of a model, in US dollars per million tokens. */
export interface PriceOptions {
  /** Input tokens. */
  input: number;
  /** Output tokens. */
  output: number;
  /** Cached input tokens. Default: as `input`. */
  cachedInput?: number | undefined;
  /** Input tokens that are written to a cache. Default: as `input`. */
  cacheWrite?: number | undefined;
  /** The same for a cache that is kept for an hour. Default: as `cacheWrite`. */
  cacheWrite1h?: number | undefined;
  /** Sound that is heard. Default: as `input`. */
  audioInput?: number | undefined;
  /** Sound that is answered. Default: as `output`. */
  audioOutput?: number | undefined;
  /** Tokens of images. Default: as `input`. */
  imageInput?: number | undefined;
  /**
   * Shares of these prices, by the provider's names of its services: `{ priority: 2 }`. Default: `flex` and `batch`
   * cost half.
   */
  tiers?: Record<string, number> | undefined;
}

const price = z.number().min(0).max(1_000_000);

export const prices = z
  .record(
    z.string(),
    z.strictObject({
      input: price,
      output: price,
      cachedInput: price.optional(),
      cacheWrite: price.optional(),
      cacheWrite1h: price.optional(),
      audioInput: price.optional(),
      audioOutput: price.optional(),
      imageInput: price.optional(),
      tiers: z.record(z.string(), price).optional(),
    }),
  )
  .default({});
