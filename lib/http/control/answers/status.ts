import { z } from 'zod';
import { named } from '../../openapi/schemas.js';
import { figure, gateResult, listOf, weights } from './common.js';

const metrics = named(
  'Metrics',
  z.strictObject({
    request_count: z.int(),
    bound_count: z.int(),
    error_count: z.int(),
    errors_by_class: z.record(z.string(), z.int()),
    error_rate: figure,
    latency_mean_ms: figure,
    latency_p50_ms: figure,
    latency_p95_ms: figure,
    latency_p99_ms: figure,
    time_to_first_token_p50_ms: figure,
    time_to_first_token_p99_ms: figure,
    input_tokens: z.int(),
    output_tokens: z.int(),
    cost: figure,
    cost_per_token: figure,
    cost_per_1000_requests: figure,
    unpriced: z.int(),
  }),
);

const environment = named(
  'EnvironmentStatus',
  z.strictObject({
    display_name: z.string(),
    version: z.string(),
    model: z.string(),
    weight: z.number(),
    share: z.number(),
    total: metrics,
    recent: metrics,
  }),
);

const since = z.number();
const walking = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('Warming'), since }),
  z.strictObject({ name: z.literal('Shadowing'), since }),
  z.strictObject({ name: z.literal('Progressing'), step: z.int(), since, approved: z.boolean() }),
  z.strictObject({ name: z.literal('Baking'), since }),
]);

const phase = named(
  'Phase',
  z.discriminatedUnion('name', [
    ...walking.options,
    z.strictObject({
      name: z.literal('Paused'),
      reason: z.enum([
        'Manual',
        'AwaitingApproval',
        'Inconclusive',
        'NoTraffic',
        'OutsideWindow',
        'GateError',
        'SampleRatioMismatch',
      ]),
      since,
      resume_to: walking,
      by: z.strictObject({ actor: z.string(), reason: z.string() }).optional(),
    }),
    z.strictObject({ name: z.literal('Aborting'), since, reason: z.string() }),
    z.strictObject({ name: z.literal('RolledBack'), since, reason: z.string() }),
    z.strictObject({ name: z.literal('Succeeded'), since, weight: z.number().optional() }),
  ]),
);

/** The fitness of an environment for a rollout. */
export const preflightAnswer = z.strictObject({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  can_deploy: z.boolean(),
  checks: z.array(
    z.strictObject({
      tier: z.enum(['connectivity', 'key', 'model', 'requests']),
      status: z.enum(['pass', 'warn', 'fail', 'skipped']),
      message: z.string(),
    }),
  ),
});

/**
 * The faults that each step can find at the traffic before the rollout. `step` counts from 0, `needed_ms` is a length.
 */
const foresight = named(
  'Foresight',
  z.strictObject({
    requests_per_hour: z.number(),
    failure_rate: figure,
    steps: z.array(
      z.strictObject({
        step: z.int(),
        detects: figure,
        misses: z.number(),
        needed_ms: figure,
        message: z.string(),
      }),
    ),
    warnings: z.array(z.string()),
  }),
);

const rollout = named(
  'RolloutStatus',
  z.strictObject({
    id: z.string(),
    from: z.string(),
    to: z.string(),
    phase,
    steps: z.int(),
    started_at: z.number(),
    decision: z
      .strictObject({
        action: z.enum(['rollback', 'advance', 'awaitApproval', 'pause', 'resume', 'hold']),
        reason: z.string(),
        gates: z.array(gateResult),
        cause: z.string().optional(),
        until: z.number().optional(),
      })
      .optional(),
    waits_for: z.string(),
    since: z.number(),
    until: z.number().optional(),
    preflight: preflightAnswer.extend({ forced: z.literal(true).optional() }).optional(),
    sight: foresight.optional(),
    warm_up: z
      .strictObject({
        requests: z.int(),
        failed: z.int(),
        latency: z.strictObject({ first: figure, median: figure, max: figure }),
      })
      .optional(),
  }),
);

/** `GET /rollouts/:route`, and the answer to every command on a rollout. */
export const routeStatus = named(
  'RouteStatus',
  z.strictObject({
    route: z.string(),
    revision: z.int(),
    active: z.string(),
    weights,
    canary_active: z.boolean(),
    canary_percentage: z.number(),
    rollback_to: z.string().optional(),
    environments: z.record(z.string(), environment),
    rollout: rollout.optional(),
    started_at: z.number(),
    last_switch_at: z.number().optional(),
    figures_age_ms: z.number().optional(),
    warnings: z.array(z.string()),
  }),
);

/** The answer to a rollback. */
export const rollbackAnswer = named('RollbackStatus', routeStatus.extend({ changed: z.boolean() }));

export const statusList = listOf(routeStatus);

export type MetricsAnswer = z.infer<typeof metrics>;
export type RolloutAnswer = z.infer<typeof rollout>;
export type StatusAnswer = z.infer<typeof routeStatus>;
export type PreflightAnswer = z.infer<typeof preflightAnswer>;
