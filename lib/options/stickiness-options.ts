import { z } from 'zod';
import type { StickyKeyFunction } from '../routing/routing.options.js';
import { duration, type Duration } from '../validation/duration.js';
import { fn } from '../validation/fields.js';
import { layerOf } from './layers.js';

/** The rules that keep a user on an environment. */
export interface StickinessOptions {
  /**
   * `weighted`: every request is drawn on its own, whatever it carries. `sticky`: callers without a key get a cookie,
   * signed with a secret derived from `keys`. Default: callers that send a key are sticky.
   */
  strategy?: 'sticky' | 'weighted' | undefined;
  /** Reads the sticky key from the request; asked before the headers. */
  key?: StickyKeyFunction | undefined;
  /** Headers of your own that may carry the key, before the cookie; the first one present counts. Default: none. */
  headers?: string[] | undefined;
  /**
   * Headers that apps and agents send, read after the cookie. Default: `x-user-id`, `x-session-id`,
   * `x-conversation-id`, `session-id`, `thread-id`, `x-claude-code-session-id`, `x-episode-id`.
   */
  sessionHeaders?: string[] | undefined;
  /**
   * Fields of requests to the gateway, read last; a path has dots. Default: `metadata.user_id`, `safety_identifier`,
   * `user`. `prompt_cache_key` has to be listed: it is often one for a whole app.
   */
  bodyKeys?: string[] | undefined;
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

const names = z.array(z.string().min(1).toLowerCase());

export const stickiness = z.strictObject({
  strategy: z.enum(['sticky', 'weighted']).optional(),
  key: fn<StickyKeyFunction>().optional(),
  headers: names.default([]),
  sessionHeaders: names.default([
    'x-user-id',
    'x-session-id',
    'x-conversation-id',
    'session-id',
    'thread-id',
    'x-claude-code-session-id',
    'x-episode-id',
  ]),
  bodyKeys: z
    .array(z.string().regex(/^\w+(?:\.\w+){0,7}$/, 'is not the path of a field'))
    .default(['metadata.user_id', 'safety_identifier', 'user']),
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
