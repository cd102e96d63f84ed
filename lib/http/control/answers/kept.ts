import { z } from 'zod';
import { ALERT_TYPES } from '../../../records/alert.js';
import { named } from '../../openapi/schemas.js';
import { figure, gateResult, listOf } from './common.js';

export const alertAnswer = named(
  'Alert',
  z.strictObject({
    id: z.string(),
    type: z.enum(ALERT_TYPES),
    severity: z.enum(['info', 'warning', 'critical']),
    at: z.number(),
    route: z.string().optional(),
    actor: z.string().optional(),
    message: z.string(),
    evidence: z.array(gateResult).optional(),
    metadata: z.record(z.string(), z.json()).optional(),
  }),
);

export type AlertAnswer = z.infer<typeof alertAnswer>;

export const alertList = listOf(alertAnswer);

/** Times in milliseconds, money in US dollars. */
const requestLine = named(
  'Request',
  z.strictObject({
    id: z.string(),
    at: z.number(),
    route: z.string(),
    mode: z.enum(['active', 'shadow']),
    environment: z.string(),
    version: z.string(),
    answered_by: z.string().optional(),
    outcome: z.string(),
    caller_outcome: z.string(),
    attempts: z.int(),
    latency: z.number(),
    time_to_first_token: z.number().optional(),
    input_tokens: z.number().optional(),
    output_tokens: z.number().optional(),
    cost: z.number().optional(),
    content: z.unknown().optional(),
    redact_failed: z.literal(true).optional(),
  }),
);

export const requestList = z.strictObject({
  object: z.literal('list'),
  /** `false` without a request log. */
  enabled: z.boolean(),
  data: z.array(requestLine),
});

const elsewhere = z.strictObject({ environment: z.string(), version: z.string(), cost: figure, saving: figure });

/** Money in US dollars. */
export const costAnswer = named(
  'CostReport',
  z.strictObject({
    model_alias: z.string(),
    route: z.string(),
    environments: z.array(
      z.strictObject({
        environment: z.string(),
        version: z.string(),
        model: z.string(),
        answers: z.int(),
        input_tokens: z.number(),
        cached_input_tokens: z.number(),
        output_tokens: z.number(),
        cost: figure,
        unpriced: z.int(),
        cost_per_1000_requests: figure,
        cost_per_token: figure,
        elsewhere: z.array(elsewhere),
      }),
    ),
    cheaper: z
      .strictObject({
        environment: z.string(),
        version: z.string(),
        saving: z.number(),
        answers_as_well: figure,
        compared: z.int(),
      })
      .optional(),
  }),
);

/** Money in US dollars. */
export const budgetList = listOf(
  named(
    'Budget',
    z.strictObject({
      scope: z.enum(['app', 'route']),
      route: z.string().optional(),
      /** Absent when spending is counted but not limited. */
      limit: z.number().optional(),
      spent: z.number(),
      /** Reserved for calls in flight. */
      reserved: z.number(),
    }),
  ),
);
