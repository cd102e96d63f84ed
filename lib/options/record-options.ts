import { z } from 'zod';
import { ALERT_TYPES, type AlertType } from '../records/alert.js';
import { duration, wait, type Duration } from '../validation/duration.js';

/** Who is told when something happens. Alerts are logged and kept where the journal is kept. */
export interface AlertOptions {
  /** Each is sent every alert once, signed as Standard Webhooks has it. */
  webhooks?:
    | {
        /** `https://`, or `http://` within your network. Redirects are not followed. */
        url: string;
        /** `whsec_` and the base64 of 24 to 64 random bytes: the receiver checks the signature with it. */
        secret: string;
        /** Default: all types. */
        types?: AlertType[] | undefined;
        /** For one attempt; up to ten are made within an hour and a half. Default `'10s'`. */
        timeout?: Duration | undefined;
      }[]
    | undefined;
  /** Alerts that are kept. Default 1,000. */
  keep?: number | undefined;
}

/** One line per request, kept where the journal is kept: who answered, how long it took, what it cost. */
export interface RequestLogInput {
  /**
   * Lines that are kept at most in memory or Redis, however young they are. Default 10,000 in memory (about 4 MB); 250,000 in
   * Redis (about 100 MB), 10,000 with `content`. In files: 32 of 16 MiB each.
   */
  maxEntries?: number | undefined;
  retention?:
    | {
        /** Of mirrored copies. Default `'24h'`. */
        shadow?: Duration | undefined;
        /** Of callers' requests. Default `'72h'`. */
        active?: Duration | undefined;
      }
    | undefined;
  /** Keep what callers asked, as well. Default `false`. */
  content?: boolean | undefined;
  /** What is kept of the content: returns what may be. When it throws nothing is. */
  redact?: ((content: unknown) => unknown) | undefined;
}

const webhook = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'is not an http(s) URL' }),
  secret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'is not "whsec_" and the base64 of 24 to 64 bytes')
    .transform((text) => Buffer.from(text.slice('whsec_'.length), 'base64')),
  types: z.array(z.enum(ALERT_TYPES)).optional(),
  timeout: wait.prefault('10s'),
});

export const alerts = z
  .strictObject({
    webhooks: z.array(webhook).max(20).default([]),
    keep: z.int().min(1).max(100_000).default(1_000),
  })
  .prefault({});

export const requestLog = z
  .union([
    z.literal(false),
    z.strictObject({
      maxEntries: z.int().min(1).max(10_000_000).optional(),
      retention: z.strictObject({ shadow: duration.prefault('24h'), active: duration.prefault('72h') }).prefault({}),
      content: z.boolean().default(false),
      redact: z
        .custom<(content: unknown) => unknown>((value) => typeof value === 'function', { error: 'is not a function' })
        .optional(),
    }),
  ])
  .prefault({});
