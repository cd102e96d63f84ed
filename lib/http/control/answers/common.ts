import { z } from 'zod';
import { named } from '../../openapi/schemas.js';

/** A figure; `null` without data. */
export const figure = z.number().nullable();

export const weights = named('Weights', z.record(z.string(), z.number()));

/** The envelope of every list. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ object: z.literal('list'), data: z.array(item) });
}

export const gateResult = named(
  'GateResult',
  z.strictObject({
    gate: z.string(),
    verdict: z.enum(['pass', 'fail', 'insufficient', 'error']),
    observed: figure,
    limit: z.number(),
    sample: z.strictObject({ canary: z.int(), baseline: z.int() }),
    evidence: z.strictObject({ value: z.number(), limit: z.number(), alpha: z.number() }).optional(),
    shared: z.literal(true).optional(),
    message: z.string(),
    outlook: z.string().optional(),
  }),
);

export type GateAnswer = z.infer<typeof gateResult>;
