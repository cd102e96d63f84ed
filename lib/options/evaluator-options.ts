import { z } from 'zod';
import type { Evaluate } from '../evaluation/evaluator.js';
import { wait, type Duration } from '../validation/duration.js';

/** Where the scores of `quality` gates come from. */
export interface EvaluatorOptions {
  /** What gates call it. `similarity` is there already: the score of mirrored requests. */
  name: string;
  /**
   * Scores an answer from 0 to 1, beside the calls: a function of yours, `refusal`, `cutOff`, `schemaMismatch`, `brokenToolCall`
   * or a `judge()`. Left out: people do, through `router.feedback()`.
   */
  evaluate?: Evaluate | undefined;
  /** Share of the answers that are scored, 0–1. Default 1. */
  sample?: number | undefined;
  /** Evaluations at a time; what comes on top is not scored. Default 4. */
  concurrency?: number | undefined;
  /** For one evaluation. Default `'30s'`. */
  timeout?: Duration | undefined;
}

export const evaluators = z
  .array(
    z.strictObject({
      name: z.string().regex(/^(?!(?:cost|similarity)$)[\w.-]{1,64}$/, 'cannot be the name of an evaluator'),
      evaluate: z.custom<Evaluate>((value) => typeof value === 'function', { error: 'is not a function' }).optional(),
      sample: z.number().min(0).max(1).default(1),
      concurrency: z.int().min(1).max(1_000).default(4),
      timeout: wait.prefault('30s'),
    }),
  )
  .max(20)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'needs a name of its own for each')
  .default([]);
