import { z } from 'zod';
import { why } from './command-info.js';
import { described, inSnakeCase } from '../openapi/schemas.js';
import { drift, relayWords, saidOnce, threshold } from '../../options/relay-words.js';
import { camelCased } from './snake-case.js';

const share = z.number().min(0).max(100);
const milliseconds = z.number().positive().max(86_400_000);
const shares = z.record(z.string().min(1), share);

const named = {
  model_alias: z.string().min(1).optional(),
  route_id: z.string().min(1).optional(),
  ...why,
};

/** How mirrors are compared, in the words of options and of relays. */
const shadow = z
  .preprocess(
    camelCased,
    z
      .strictObject({
        comparisonMode: z.enum(['semantic', 'exact']).optional(),
        similarityThreshold: threshold.optional(),
        maxTemporalDriftMs: drift.optional(),
        ...relayWords,
      })
      .superRefine(saidOnce),
  )
  .optional();

/** `POST` and `PATCH /routes/traffic` */
export const trafficBody = z.strictObject({
  ...named,
  route_rules: z
    .union([
      z
        .array(z.strictObject({ version_tag: z.string().min(1), weight: share }))
        .min(1)
        .refine((rules) => new Set(rules.map(({ version_tag: tag }) => tag)).size === rules.length, {
          error: 'lists a version twice',
          params: { remedy: 'Give each version one weight.' },
        }),
      shares,
    ])
    .transform((rules) =>
      Array.isArray(rules) ? Object.fromEntries(rules.map((rule) => [rule.version_tag, rule.weight])) : rules,
    )
    .optional(),
  shadow_percentage: share.optional(),
  shadow: inSnakeCase(shadow),
  sticky_sessions: z
    .strictObject({
      enabled: z.boolean(),
      cookie_name: z
        .string()
        .regex(/^[\w-]{1,64}$/, 'may have letters, digits, - and _ only')
        .default('bg_sticky'),
      ttl_seconds: z.int().min(1).max(31_536_000).default(2_592_000),
    })
    .optional(),
  health_check: z
    .strictObject({
      enabled: z.boolean(),
      error_rate_threshold: z.number().min(0).max(1).optional(),
      latency_p99_threshold_ms: milliseconds.optional(),
      auto_rollback: z.boolean().default(true),
    })
    .optional(),
});

/** `PATCH /routing/policy` */
export const policyBody = z.strictObject({
  ...named,
  routing: z
    .strictObject({
      strategy: described(
        '`weighted`, `sticky`, `shadow`, or the environment or version that takes all of the traffic. Default: unchanged.',
        z.string().min(1).optional(),
      ),
      weights: shares.optional(),
      shadow_percentage: described(
        'With `shadow`: share of the requests that is mirrored. Default 100.',
        share.optional(),
      ),
    })
    .refine(({ strategy, shadow_percentage }) => strategy === 'shadow' || shadow_percentage === undefined, {
      path: ['shadow_percentage'],
      error: 'needs the strategy shadow',
      params: { remedy: 'Leave it out, or set it with PATCH /routes/traffic.' },
    })
    .optional(),
  shadow: inSnakeCase(shadow),
  traffic_shift: z
    .strictObject({
      increment: z.number().min(0.001).max(100),
      interval_seconds: z.number().positive().max(2_000_000),
      validation_threshold: z
        .strictObject({
          error_rate: z.number().min(0).max(1).optional(),
          latency_p99_ms: milliseconds.optional(),
          p99_difference_ms: milliseconds.optional(),
        })
        .default({}),
    })
    .optional(),
});

export type Traffic = z.output<typeof trafficBody>;
export type Policy = z.output<typeof policyBody>;
export type Shadow = Traffic['shadow'];
