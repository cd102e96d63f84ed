import { z } from 'zod';
import { ALERT_TYPES, type AlertType } from '../records/alert.js';
import { wait, type Duration } from '../validation/duration.js';

/** Where alerts go. They are logged, and kept where the journal is kept, in any case. */
export interface AlertOptions {
  /** Each receives every alert once, signed by the Standard Webhooks convention. */
  webhooks?:
    | {
        /** `https://`, or `http://` within your network. Redirects are not followed. */
        url: string;
        /** `whsec_` and the base64 of 24 to 64 random bytes: the receiver checks the signature with it. */
        secret: string;
        /** Default: all types. */
        types?: AlertType[] | undefined;
        /** For one attempt; there are up to ten within an hour and a half. Default `'10s'`. */
        timeout?: Duration | undefined;
      }[]
    | undefined;
  /** How many alerts to keep. Default 1,000. */
  keep?: number | undefined;
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
