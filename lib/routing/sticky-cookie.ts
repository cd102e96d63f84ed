import { randomUUID } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import { sign, unsign } from 'cookie-signature';
import type { RouteSettings } from '../domain/route-settings.js';

/** Parsed `stickiness.cookie` options. */
export interface StickyCookieOptions {
  readonly name: string;
  readonly secret: string;
  /** Milliseconds. */
  readonly ttl: number;
  readonly secure: boolean;
  readonly sameSite: 'lax' | 'strict' | 'none';
}

/**
 * The visitor id of the cookie. It is random and never names an environment: the hash of the id decides, so that a
 * raised weight moves nobody back and a rollback reaches everybody at once. `undefined` for a wrong signature.
 */
export function knownVisitor(header: string | string[] | undefined, options: StickyCookieOptions): string | undefined {
  if (typeof header !== 'string') return undefined;
  const cookie = parseCookie(header)[options.name];
  const known = cookie === undefined ? false : unsign(cookie, options.secret);
  return known === false ? undefined : known;
}

/** A new visitor id, with the header that sets its cookie. */
export function newVisitor(options: StickyCookieOptions): { readonly key: string; readonly setCookie: string } {
  const key = randomUUID();
  const setCookie = stringifySetCookie(options.name, sign(key, options.secret), {
    httpOnly: true,
    sameSite: options.sameSite,
    secure: options.secure,
    path: '/',
    maxAge: Math.floor(options.ttl / 1000),
  });
  return { key, setCookie };
}

/** The session settings of the strategy `sticky` by default. */
const USUAL_SESSIONS = { enabled: true, cookieName: 'bg_sticky', ttl: 30 * 24 * 60 * 60_000 };

/** The cookie of a route: from the options, or as it was set since. */
export function cookieUnder(
  { stickySessions, strategy }: RouteSettings,
  configured: StickyCookieOptions | undefined,
  secret: string | undefined,
): StickyCookieOptions | undefined {
  if (!stickySessions && (configured || strategy !== 'sticky')) return configured;
  const { enabled, cookieName: name, ttl } = stickySessions ?? USUAL_SESSIONS;
  if (!enabled) return undefined;
  if (configured) return { ...configured, name, ttl };
  // The control API switches this on for callers of an API, which are not browsers on our pages.
  return secret === undefined ? undefined : { name, ttl, secret, secure: false, sameSite: 'lax' };
}
