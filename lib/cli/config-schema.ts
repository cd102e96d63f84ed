import { z } from 'zod';
import { longForm, shortForm } from '../options/blue-green-options.js';
import { wait } from '../validation/duration.js';

const share = z.number().min(0).max(100);

/** Seconds as a number, as such files have it, or a duration with its unit. */
const secondsOrDuration = z.custom<number | string>(
  (value) => (typeof value === 'number' ? value > 0 && value <= 2_000_000 : wait.safeParse(value).success),
  {
    error: 'is neither seconds nor a duration',
    params: { remedy: "Write seconds as a number, or '500ms', '30s', '5m'." },
  },
);

/**
 * Milliseconds as a number, as relays have it, or a duration with its unit. A small number was meant as seconds: no
 * model answers in less than one.
 */
const timeout = z
  .custom<number | string>((value) => value !== 0 && wait.safeParse(value).success, {
    error: 'is not a time to wait for',
    params: { remedy: "Write milliseconds as a number, or '30s', '5m'." },
  })
  .superRefine((value, context) => {
    if (typeof value !== 'number' || value >= 1_000) return;
    const remedy = `A number is milliseconds here: for seconds write ${value}s.`;
    context.addIssue({ code: 'custom', message: 'is less than a second', params: { remedy } });
  });

const environment = {
  name: z.string().min(1).optional(),
  weight: share.optional(),
  model: z.string().min(1).optional(),
  base_url: z.string().optional(),
  api_key: z.union([z.string(), z.literal(false)]).optional(),
  capabilities: z.unknown().optional(),
};

/** The sections of the file besides the module's options, which are checked on their own. */
const ours = {
  relay: z
    .strictObject({
      base_url: z.string().optional(),
      api_key: z.union([z.string(), z.literal(false)]).optional(),
      timeout: timeout.optional(),
      max_retries: z.int().min(0).max(9).optional(),
    })
    .optional(),
  blue_green: z
    .strictObject({
      blue: z.strictObject(environment).optional(),
      green: z.strictObject({ ...environment, enabled: z.boolean().optional() }).optional(),
    })
    .optional(),
  models: z
    .record(
      z.string().min(1),
      z.union([z.string().min(1), z.strictObject({ model: z.string().min(1), capabilities: z.unknown().optional() })]),
    )
    .optional(),
  routing: z
    .strictObject({
      strategy: z.enum(['sticky', 'weighted']).optional(),
      health_check_interval: secondsOrDuration.optional(),
    })
    .optional(),
  /** `splitCheck`, by the word that the wire has for it. */
  healthCheck: z.unknown().optional(),
  port: z.int().min(0).max(65_535).optional(),
  dashboard: z
    .union([
      z.boolean(),
      z.strictObject({
        path: z.string().min(1).optional(),
        secret: z.string().min(32, 'needs at least 32 characters').optional(),
      }),
    ])
    .optional(),
};

export const OUR_SECTIONS = Object.keys(ours);

/** The module's options stand at the top of the file, too; this only knows their names. */
export const fileSchema = z
  .strictObject({
    ...Object.fromEntries(
      Object.keys({ ...longForm.shape, ...shortForm.shape }).map((name) => [name, z.unknown().optional()]),
    ),
    ...ours,
  })
  .superRefine((file, context) => {
    if (file.healthCheck === undefined || !('splitCheck' in file)) return;
    const params = { remedy: 'Keep one of the two.' };
    context.addIssue({ code: 'custom', path: ['healthCheck'], message: 'says the same as splitCheck', params });
  });
