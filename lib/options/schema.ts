import { z } from 'zod';
import { rolloutSchema } from '../rollout/plan-schema.js';
import type { HttpRequest, MayForce } from '../routing/routing.options.js';
import { PROVIDER_NAMES } from '../upstream/providers.js';
import { duration, wait } from '../validation/duration.js';
import { conversationPins } from './conversation-pin-options.js';
import { headers, headerValue } from './headers-schema.js';
import { shadow } from './shadow-options.js';
import { versionFields } from './version-schema.js';

/** `X-Route-Policy` gives `weighted`, `sticky` and `shadow` a meaning of their own. */
const ENVIRONMENT_NAME = /^(?!(?:weighted|sticky|shadow)$)[a-z][a-z0-9-]{0,31}$/;

const share = z.number().min(0).max(100);
const fn = <Fn>() => z.custom<Fn>((value) => typeof value === 'function', { error: 'is not a function' });

const timeouts = z.strictObject({
  /** To a TCP and TLS connection. Default `'5s'`. */
  connect: wait.optional(),
  /** To the first token of a stream. Default `'10s'`. */
  firstToken: wait.optional(),
  /** Between two chunks of a stream. Default `'15s'`. */
  idle: wait.optional(),
  /** To a whole JSON answer, per attempt. Default `'30s'`. */
  total: wait.optional(),
  /** To the end of a stream. Default `'10m'`. */
  streamTotal: wait.optional(),
});

const retry = z.strictObject({
  /** Calls to one environment, the first included. 1–10, default 3. */
  attempts: z.int().min(1).max(10).optional(),
  /** Wait before the second attempt; doubles with each, with jitter. Default `'250ms'`. */
  baseDelay: wait.optional(),
  /** Longest wait. A `Retry-After` beyond it goes to the fallback at once. Default `'8s'`. */
  maxDelay: wait.optional(),
  /** Keeps an outage from being multiplied. */
  budget: z
    .strictObject({
      /** Retries per live request. Default 0.2. */
      ratio: z.number().min(0).max(10).default(0.2),
      /** Retries per second that are always allowed. Default 10. */
      perSecond: z.number().min(0).default(10),
    })
    .optional(),
});

const breaker = z
  .strictObject({
    /** Share of failures among the last calls that opens it, above 0 and below 1. Default 0.5. */
    threshold: z.number().gt(0).lt(1).default(0.5),
    /** How many calls those are. Default 20. */
    size: z.int().min(1).max(1000).default(20),
    /** Calls needed before it may open, `size` at most. Default 10, or `size` where that is less. */
    minCalls: z.int().min(1).max(1000).optional(),
    /** Until one call may try again. Default `'10s'`. */
    halfOpenAfter: duration.prefault('10s'),
  })
  .refine(({ size, minCalls = 1 }) => minCalls <= size, {
    path: ['minCalls'],
    error: 'is more than the calls that are remembered',
    params: { remedy: 'Use at most the value of size, which is 20 when left out.' },
  })
  .transform(({ minCalls, ...rest }) => ({ ...rest, minCalls: minCalls ?? Math.min(10, rest.size) }));

const stickiness = z.strictObject({
  /** Reads the sticky key from the request; asked before the headers. */
  key: fn<(request: HttpRequest) => string | number | undefined>().optional(),
  /** Headers that may carry the key; the first that is present counts. Default: `x-user-id`, `x-session-id`, `x-conversation-id`. */
  headers: z.array(z.string().min(1)).optional(),
  /** A signed cookie for visitors that bring no key. Off by default. */
  cookie: z
    .strictObject({
      /** Default `bg_sticky`. */
      name: z
        .string()
        .regex(/^[\w-]+$/, 'may have letters, digits, - and _ only')
        .default('bg_sticky'),
      /** Signs the cookie. At least 16 characters; the same on every replica. */
      secret: z.string().min(16, 'needs at least 16 characters'),
      /** Default `'30d'`. */
      ttl: duration.prefault('30d'),
      /** Send over HTTPS only. Default `true`. */
      secure: z.boolean().default(true),
      /** Default `lax`. */
      sameSite: z.enum(['lax', 'strict', 'none']).default('lax'),
    })
    .optional(),
});

export const environment = z.strictObject({
  /** For people. Default: the environment's key. */
  name: z.string().min(1).optional(),
  /** The model's name as its provider spells it; without `provider` and `baseUrl`, the provider may stand in front: `anthropic/claude-sonnet-4-5`. */
  model: z.string().min(1),
  /** Whose addresses, paths and headers hold. Default: the one in front of the model's name, else those of an OpenAI-like API. */
  provider: z.enum(PROVIDER_NAMES).optional(),
  /** With the provider's version segment: `https://api.openai.com/v1`. Default: the provider's. */
  baseUrl: z.url({ protocol: /^https?$/, error: 'is not an http(s) URL' }).optional(),
  /** The provider's key; `false` for an upstream that takes none. May be left out for `ollama` and `vllm`. */
  apiKey: z.union([headerValue.min(1), z.literal(false)]).optional(),
  /** Share of the traffic, in percent. Default 0. */
  weight: share.default(0),
  ...versionFields,
  /** Further headers for every call. */
  headers: headers.default({}),
  timeouts: timeouts.optional(),
});

const environments = z
  .record(z.string().regex(ENVIRONMENT_NAME, 'cannot be an environment name'), environment)
  .refine((all) => Object.keys(all).length > 0, 'needs at least one environment');

/** Settings that hold for every route and that a route may override. */
const perRoute = {
  stickiness: stickiness.optional(),
  rollout: rolloutSchema.optional(),
  timeouts: timeouts.optional(),
  retry: retry.optional(),
  /** Content chunks of a stream held back, so that an early failure can be rescued unseen. 1–64, default 1. */
  bufferThreshold: z.int().min(1).max(64).optional(),
  /** …but no more characters of data than this. Default 65,536. */
  bufferMaxSize: z.int().min(1).max(16_777_216).optional(),
  /** …and no longer than this behind the first chunk. Default `'500ms'`. */
  bufferMaxDelay: wait.optional(),
  /** A stream that breaks behind its first chunk: ends in an error event (default), or is gone on with by another environment where that can be done. */
  streamRecovery: z.enum(['error', 'continue']).optional(),
  /** Stops asking an environment that does not answer; `false` switches it off. */
  breaker: z.union([breaker, z.literal(false)]).optional(),
  shadow: shadow.optional(),
  conversationPins: conversationPins.optional(),
};

const route = z.strictObject({
  environments,
  /** The environment that is live at start. Default: the heaviest. */
  active: z.string().optional(),
  /** Who answers when the assigned and the live environment have failed, in this order. Default: every environment but `blue` and `green`. */
  fallback: z.array(z.string()).optional(),
  ...perRoute,
});

const prices = z.record(
  z.string(),
  z.strictObject({
    /** US dollars per million input tokens. */
    input: z.number().min(0),
    /** US dollars per million output tokens. */
    output: z.number().min(0),
    /** US dollars per million cached input tokens. Default: as `input`. */
    cachedInput: z.number().min(0).optional(),
  }),
);

const shared = {
  ...perRoute,
  /** Your own prices by model name; they win over the shipped table. */
  prices: prices.default({}),
  /** Callers of the gateway, and who may name an environment. */
  keys: z
    .array(
      z.strictObject({
        /** For people; the key itself is never shown. */
        name: z.string().min(1),
        key: z.string().min(16, 'needs at least 16 characters'),
        /** Environments that this key may name in `X-Deployment-Env` or `X-Route-Policy`. Default: none. */
        environments: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  /** Who may name an environment in a header. Default: keys that list it. */
  mayForce: fn<MayForce>().optional(),
  telemetry: z
    .strictObject({
      /** Length of the rolling window that gates and metrics read. Default `'5m'`. */
      window: duration.prefault('5m'),
    })
    .prefault({}),
  scheduler: z
    .strictObject({
      /** `false`: this process never ticks. Default `true`. */
      enabled: z.boolean().default(true),
      /** How often the gates are read; a run of hard failures is looked at at once. Default `'30s'`. */
      monitorInterval: wait.prefault('30s'),
    })
    .prefault({}),
  health: z
    .strictObject({
      /** An environment is asked at most this often, and not at all while traffic answers for it. Default `'30s'`. */
      interval: wait.prefault('30s'),
      /** Longest wait for a probe. Default `'3s'`. */
      timeout: wait.prefault('3s'),
    })
    .prefault({}),
};

export const shortForm = z.strictObject({
  /** The route's alias. Default `default`. */
  alias: z.string().min(1).default('default'),
  ...route.shape,
  ...shared,
});

export const longForm = z.strictObject({
  /** Routes by alias. */
  routes: z.record(z.string().min(1), route),
  ...shared,
});
