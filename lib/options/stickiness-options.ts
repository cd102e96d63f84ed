import { z } from 'zod';
import type { HttpRequest } from '../routing/routing.options.js';
import { duration, type Duration } from '../validation/duration.js';
import { fn } from '../validation/fields.js';
import { layerOf } from './layers.js';

/** What keeps a user on an environment. */
export interface StickinessOptions {
  /**
   * `weighted`: every request is drawn on its own, whatever it carries. `sticky`: callers without a key get a cookie,
   * signed with a secret derived from `keys`. Default: callers that send a key are sticky.
   */
  strategy?: 'sticky' | 'weighted' | undefined;
  /** Reads the sticky key from the request; asked before the headers. */
  key?: ((request: HttpRequest) => string | number | undefined) | undefined;
  /**
   * Headers that may carry the key; the first one present counts. Default: `x-user-id`, `x-session-id`,
   * `x-conversation-id`.
   */
  headers?: string[] | undefined;
  /** A signed cookie for visitors without a key. Off by default. */
  cookie?:
    | {
        /** Default `bg_sticky`. */
        name?: string | undefined;
        /** Signs the cookie. At least 16 characters; the same on every replica. */
        secret: string;
        /** Default `'30d'`. */
        ttl?: Duration | undefined;
        /** Send over HTTPS only. Default `true`. */
        secure?: boolean | undefined;
        /** Default `lax`. */
        sameSite?: 'lax' | 'strict' | 'none' | undefined;
      }
    | undefined;
}

export const stickiness = z.strictObject({
  strategy: z.enum(['sticky', 'weighted']).optional(),
  key: fn<(request: HttpRequest) => string | number | undefined>().optional(),
  headers: z.array(z.string().min(1).toLowerCase()).default(['x-user-id', 'x-session-id', 'x-conversation-id']),
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

export const stickinessLayer = layerOf(stickiness);
