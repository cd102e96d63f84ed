import { z } from 'zod';
import { layerOf } from './layers.js';

/** How much of the provider callers get to see beside its answer. */
export interface AnswerOptions {
  /**
   * The `model` of answers: the name that the caller sent (`alias`, default), or the one that the provider writes
   * (`upstream`). The header `X-Upstream-Model` has the latter in any case.
   */
  answerModel?: 'alias' | 'upstream' | undefined;
}

/** Picks its own settings from those of a route, among which they stand. */
export const answers = z.object({
  answerModel: z.enum(['alias', 'upstream']).default('alias'),
});

export const answerLayer = layerOf(answers);
