import { hash as digest } from 'node:crypto';
import { z } from 'zod';
import { SCOPES, type Scope } from '../domain/access-key.js';
import { isObject } from '../kit/json.js';
import { wait, type Duration } from '../validation/duration.js';
import { count } from '../validation/fields.js';
import { pathOf, show } from '../validation/shown.js';
import type { Problem } from '../validation/validation-error.js';
import type { RawOptions } from './raw-options.js';

/** A caller of the gateway or the control API. */
export interface KeyOptions {
  /** For people; the key itself is never shown. */
  name: string;
  /** At least 16 characters. */
  key?: string | undefined;
  /** Instead of the key: its SHA-256 in lower-case hexadecimal. */
  hash?: string | undefined;
  /** `inference`: calls to models; `read` and `operate`: the control API. Default `['inference']`. */
  scopes?: Scope[] | undefined;
  /** Environments that this key may name in `X-Deployment-Env`, `X-Environment` or `X-Route-Policy`. Default: none. */
  environments?: string[] | undefined;
  /**
   * How often it may be used, e.g. `{ requests: 60, per: '1m' }`. Default: no limit for calls, 600 a minute for the
   * control API.
   */
  rateLimit?: { requests: number; per: Duration } | undefined;
  /** From then on it is refused: a `Date`, or ISO 8601 like `'2027-01-31'` (UTC). Default: never. */
  expiresAt?: string | Date | undefined;
}

const HASH_OF_NOTHING = digest('sha256', '', 'hex');

const dates = z.union([z.date(), z.iso.date(), z.iso.datetime({ offset: true })]);

const moment = z
  .custom<string | Date>((value) => dates.safeParse(value).success, {
    error: 'is not a date',
    params: { remedy: "Write '2027-01-31', or '2027-01-31T12:00:00Z' with an offset." },
  })
  .transform((value) => new Date(value).getTime());

const accessKey = z
  .strictObject({
    name: z.string().min(1),
    key: z.string().min(16, 'needs at least 16 characters').optional(),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hexadecimal')
      .refine((text) => text !== HASH_OF_NOTHING, {
        error: 'is the SHA-256 of an empty text: anyone who sends an empty key would be let in',
        params: { remedy: 'Check that the variable it was made from was set.' },
      })
      .optional(),
    scopes: z.array(z.enum(SCOPES)).default(['inference']),
    environments: z.array(z.string()).default([]),
    rateLimit: z.strictObject({ requests: count.min(1), per: wait }).optional(),
    expiresAt: moment.optional(),
  })
  .refine(({ key, hash }) => (key === undefined) !== (hash === undefined), {
    error: 'needs either "key" or "hash"',
    params: { remedy: 'Give the key itself, or its SHA-256 in hexadecimal.' },
  });

export const keys = z.array(accessKey).default([]);

/** A key may be for one route among many: at least one route must have the environment. */
export function keyProblems({ app, routes }: RawOptions): Problem[] {
  const sets = routes.map(({ settings }) => settings['environments']).filter(isObject);
  const known = [...new Set(sets.flatMap((environments) => Object.keys(environments)))];
  if (!Array.isArray(app['keys']) || known.length === 0) return [];
  return app['keys'].flatMap((key: unknown, index) => {
    const names: unknown = isObject(key) ? key['environments'] : undefined;
    if (!Array.isArray(names)) return [];
    return names.flatMap((name: unknown, at): Problem[] => {
      if (typeof name !== 'string' || known.includes(name)) return [];
      const where = ['keys', String(index), 'environments', String(at)];
      const remedy = `Use one of: ${known.join(', ')}.`;
      return [
        { path: pathOf(where), value: show(where, name), message: 'names an environment that no route has', remedy },
      ];
    });
  });
}
