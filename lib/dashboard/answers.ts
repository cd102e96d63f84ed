import { z } from 'zod';
import { figure, weights } from '../http/control/answers/common.js';
import { SCOPES } from '../domain/access-key.js';

/** The caller who is logged in. */
export const sessionAnswer = z.strictObject({ name: z.string(), scopes: z.array(z.enum(SCOPES)) });

/**
 * A route in the list, without figures. `from`, `to` and `phase` are those of the newest rollout, and `final_weight` is
 * the weight that its canary ended with.
 */
const routeRow = z.strictObject({
  route: z.string(),
  active: z.string(),
  weights,
  from: z.string().nullable(),
  to: z.string().nullable(),
  phase: z.string().nullable(),
  final_weight: z.number().nullable(),
});

export const routeRows = z.strictObject({
  object: z.literal('list'),
  data: z.array(routeRow),
  revision: z.int(),
});

const column = z.array(figure);

/**
 * Figures of one environment over time, a column each. `null` where there was no traffic; a gap between slices has one
 * such row. `at`: wall times in milliseconds, in the middle of a slice. Times in milliseconds, money in US dollars.
 */
const timeline = z.strictObject({
  at: z.array(z.number()),
  requests: z.array(z.int()),
  error_rate: column,
  latency_p50_ms: column,
  latency_p95_ms: column,
  latency_p99_ms: column,
  first_token_p50_ms: column,
  first_token_p99_ms: column,
  cost_per_1000_requests: column,
});

export const timelinesAnswer = z.strictObject({ route: z.string(), environments: z.record(z.string(), timeline) });

export type SessionAnswer = z.infer<typeof sessionAnswer>;
export type RouteRow = z.infer<typeof routeRow>;
export type RouteRows = z.infer<typeof routeRows>;
export type TimelineAnswer = z.infer<typeof timeline>;
export type TimelinesAnswer = z.infer<typeof timelinesAnswer>;
