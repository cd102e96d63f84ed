import { z } from 'zod';
import { named } from '../../openapi/schemas.js';
import { gateResult, weights, listOf } from './common.js';

const plan = z.looseObject({
  steps: z.array(
    z.looseObject({
      set_weight: z.number(),
      duration: z.number(),
      hold_conditions: z.looseObject({
        min_sample_size: z.strictObject({ canary: z.int(), baseline: z.int() }),
        requires_approval: z.boolean(),
      }),
    }),
  ),
  final_bake_time: z.number(),
});

/** An entry of the journal: in `GET /audit`, and as an event. The fields after `evidence` depend on its type. */
const journalEntry = named(
  'JournalEntry',
  z.looseObject({
    revision: z.int(),
    at: z.number(),
    type: z.string(),
    route: z.string().optional(),
    actor: z.string(),
    reason: z.string(),
    evidence: z.array(gateResult),
    rollout_id: z.string().optional(),
    weights: weights.optional(),
    active: z.string().optional(),
    step: z.int().optional(),
    plan: plan.optional(),
    kind: z.string().optional(),
    metadata: z.record(z.string(), z.json()).optional(),
  }),
);

export type EntryAnswer = z.infer<typeof journalEntry>;

export const auditPage = z.strictObject({
  object: z.literal('list'),
  data: z.array(journalEntry),
  next_revision: z.int(),
});

/** The answer to a change of traffic or policy. */
export const trafficAnswer = named(
  'Traffic',
  z.strictObject({
    status: z.string(),
    route_id: z.string(),
    model_alias: z.string(),
    active_environment: z.string(),
    active_version: z.string(),
    weights,
    route_rules: z.array(z.strictObject({ version_tag: z.string(), weight: z.number(), environment: z.string() })),
    strategy: z.string().nullable(),
    sticky_sessions: z.boolean().nullable(),
    health_check: z.boolean().nullable(),
    shadow_percentage: z.number().nullable(),
    revision: z.int(),
    /** Fields that were accepted and change nothing. Absent without any. */
    notes: z.array(z.string()).optional(),
  }),
);

/** A policy is for one route, or for all of them. */
export const policyAnswer = z.union([trafficAnswer, listOf(trafficAnswer)]);

export const keyAnswer = z.strictObject({
  valid: z.boolean(),
  /** The rest of the budgets this month, US dollars; `null` without a limit. */
  quota: z.number().nullable(),
  rateLimit: z.strictObject({ requests: z.int(), per_ms: z.number() }).nullable(),
  expiresAt: z.string().nullable(),
  /** When the provider was last seen as it is told here; `null` if nothing is known of it. */
  checked_at: z.string().nullable(),
  error: z.string().nullable(),
});

export type KeyAnswer = z.infer<typeof keyAnswer>;
