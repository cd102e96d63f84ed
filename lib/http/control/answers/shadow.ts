import { z } from 'zod';
import { named } from '../../openapi/schemas.js';
import { figure } from './common.js';

const times = z.strictObject({ p50: figure, p95: figure });

/** One side of the compared pairs: both sides got the same requests. */
const side = named(
  'ShadowSide',
  z.strictObject({ latency: times, time_to_first_token: times, cost: figure, unpriced: z.int() }),
);

/** Times in milliseconds, money in US dollars, shares and similarities from 0 to 1. */
export const shadowAnswer = named(
  'ShadowReport',
  z.strictObject({
    model_alias: z.string(),
    route: z.string(),
    percentage: z.number(),
    comparison_mode: z.enum(['semantic', 'exact']),
    similarity_threshold: z.number(),
    environment: z.string().optional(),
    version: z.string().optional(),
    pairs: z.int(),
    compared: z.int(),
    failed_alone: z.int(),
    failures: z.record(z.string(), z.int()),
    mean_similarity: figure,
    mean_text_similarity: figure,
    below_threshold: figure,
    outside_tolerance: figure,
    outside_time: figure,
    json_mismatches: z.int(),
    tool_call_mismatches: z.int(),
    finish_reason_mismatches: z.int(),
    mean_length_ratio: figure,
    caller: side,
    shadow: side,
    open: z.int(),
    shed: z.record(z.string(), z.int()),
    spent_this_month_usd: z.number(),
    monthly_budget_usd: z.number().optional(),
    last_mirror_at: z.number().optional(),
    dropped_lines: z.int(),
  }),
);

export type ShadowAnswer = z.infer<typeof shadowAnswer>;
