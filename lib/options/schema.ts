import { hash as digest } from 'node:crypto';
import { z } from 'zod';
import { SCOPES, type KeyLookup } from '../domain/access-key.js';
import { rolloutSchema } from '../schedule/plan-schema.js';
import type { HttpRequest, MayForce } from '../routing/routing.options.js';
import { PROVIDER_NAMES } from '../upstream/providers.js';
import { duration, wait } from '../validation/duration.js';
import { budget } from './budget-options.js';
import { conversationPins } from './conversation-pin-options.js';
import { evaluators } from './evaluator-options.js';
import { headers, headerValue } from './headers-schema.js';
import { healthCheck } from './health-check-options.js';
import { journal } from './journal-options.js';
import { alerts, requestLog } from './record-options.js';
import { shadow } from './shadow-options.js';
import { versionFields } from '../schedule/version-schema.js';

/** `X-Route-Policy` gives `weighted`, `sticky` and `shadow` a meaning of their own. */
const ENVIRONMENT_NAME = /^(?!(?:weighted|sticky|shadow)$)[a-z][a-z0-9-]{0,31}$/;

const HASH_OF_NOTHING = digest('sha256', '', 'hex');

const share = z.number().min(0).max(100);
const fn = <Fn>() => z.custom<Fn>((value) => typeof value === 'function', { error: 'is not a function' });

const timeouts = z.strictObject({
  connect: wait.optional(),
  firstToken: wait.optional(),
  idle: wait.optional(),
  total: wait.optional(),
  streamTotal: wait.optional(),
});

const retry = z.strictObject({
  attempts: z.int().min(1).max(10).optional(),
  baseDelay: wait.optional(),
  maxDelay: wait.optional(),
  budget: z
    .strictObject({
      ratio: z.number().min(0).max(10).default(0.2),
      perSecond: z.number().min(0).default(10),
    })
    .optional(),
});

const breaker = z
  .strictObject({
    threshold: z.number().gt(0).lt(1).default(0.5),
    size: z.int().min(1).max(1000).default(20),
    minCalls: z.int().min(1).max(1000).optional(),
    halfOpenAfter: duration.prefault('10s'),
  })
  .refine(({ size, minCalls = 1 }) => minCalls <= size, {
    path: ['minCalls'],
    error: 'is more than the calls that are remembered',
    params: { remedy: 'Use at most the value of size, which is 20 when left out.' },
  })
  .transform(({ minCalls, ...rest }) => ({ ...rest, minCalls: minCalls ?? Math.min(10, rest.size) }));

const stickiness = z.strictObject({
  strategy: z.enum(['sticky', 'weighted']).optional(),
  key: fn<(request: HttpRequest) => string | number | undefined>().optional(),
  headers: z.array(z.string().min(1)).optional(),
  cookie: z
    .strictObject({
      name: z
        .string()
        .regex(/^[\w-]+$/, 'may have letters, digits, - and _ only')
        .default('bg_sticky'),
      secret: z.string().min(16, 'needs at least 16 characters'),
      ttl: duration.prefault('30d'),
      secure: z.boolean().default(true),
      sameSite: z.enum(['lax', 'strict', 'none']).default('lax'),
    })
    .optional(),
});

export const environment = z.strictObject({
  name: z.string().min(1).optional(),
  model: z.string().min(1),
  provider: z.enum(PROVIDER_NAMES).optional(),
  baseUrl: z.url({ protocol: /^https?$/, error: 'is not an http(s) URL' }).optional(),
  apiKey: z.union([headerValue.min(1), z.literal(false)]).optional(),
  weight: share.default(0),
  ...versionFields,
  headers: headers.default({}),
  timeouts: timeouts.optional(),
});

const environments = z
  .record(z.string().regex(ENVIRONMENT_NAME, 'cannot be an environment name'), environment)
  .refine((all) => Object.keys(all).length > 0, 'needs at least one environment');

const perRoute = {
  stickiness: stickiness.optional(),
  rollout: rolloutSchema.optional(),
  timeouts: timeouts.optional(),
  retry: retry.optional(),
  bufferThreshold: z.int().min(1).max(64).optional(),
  bufferMaxSize: z.int().min(1).max(16_777_216).optional(),
  bufferMaxDelay: wait.optional(),
  streamRecovery: z.enum(['error', 'continue']).optional(),
  breaker: z.union([breaker, z.literal(false)]).optional(),
  shadow: shadow.optional(),
  conversationPins: conversationPins.optional(),
};

export const route = z.strictObject({
  environments,
  active: z.string().optional(),
  fallback: z.array(z.string()).optional(),
  budget: budget.optional(),
  ...perRoute,
});

const prices = z.record(
  z.string(),
  z.strictObject({
    input: z.number().min(0),
    output: z.number().min(0),
    cachedInput: z.number().min(0).optional(),
  }),
);

const accessKey = z
  .strictObject({
    name: z.string().min(1),
    key: z.string().min(16, 'needs at least 16 characters').optional(),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in lower-case hexadecimal')
      .refine((text) => text !== HASH_OF_NOTHING, {
        error: 'is the SHA-256 of an empty text: whoever sends an empty key would be let in',
        params: { remedy: 'Look whether the variable was set that it was made from.' },
      })
      .optional(),
    scopes: z.array(z.enum(SCOPES)).default(['inference']),
    environments: z.array(z.string()).default([]),
    rateLimit: z.strictObject({ requests: z.int().min(1), per: wait }).optional(),
  })
  .refine(({ key, hash }) => (key === undefined) !== (hash === undefined), {
    error: 'needs either "key" or "hash"',
    params: { remedy: 'Give the key itself, or the SHA-256 of it in hexadecimal.' },
  });

const shared = {
  ...perRoute,
  prices: prices.default({}),
  budget: budget.optional(),
  keys: z.array(accessKey).default([]),
  keyLookup: fn<KeyLookup>().optional(),
  journal: journal.optional(),
  evaluators,
  alerts,
  requestLog,
  mayForce: fn<MayForce>().optional(),
  telemetry: z
    .strictObject({
      window: duration.prefault('5m'),
    })
    .prefault({}),
  scheduler: z
    .strictObject({
      enabled: z.boolean().default(true),
      monitorInterval: wait.prefault('30s'),
    })
    .prefault({}),
  healthCheck: healthCheck.optional(),
  health: z
    .strictObject({
      interval: wait.prefault('30s'),
      timeout: wait.prefault('3s'),
    })
    .prefault({}),
  shutdown: z
    .strictObject({
      drain: wait.optional(),
      grace: wait.prefault('25s'),
    })
    .refine(({ drain = 0, grace }) => drain <= grace, {
      path: ['drain'],
      error: 'is longer than grace, which it is a part of',
      params: { remedy: 'Raise shutdown.grace, or shorten shutdown.drain.' },
    })
    .transform(({ drain = 5_000, grace }) => ({ drain: Math.min(drain, grace), grace }))
    .prefault({}),
};

export const shortForm = z.strictObject({
  alias: z.string().min(1).default('default'),
  ...route.shape,
  ...shared,
});

export const longForm = z.strictObject({
  routes: z.record(z.string().min(1), route),
  ...shared,
});
