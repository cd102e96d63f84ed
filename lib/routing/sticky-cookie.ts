import { randomUUID } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import { sign, unsign } from 'cookie-signature';

/** Parsed `stickiness.cookie` options. */
export interface StickyCookieOptions {
  readonly name: string;
  readonly secret: string;
  /** Milliseconds. */
  readonly ttl: number;
  readonly secure: boolean;
  readonly sameSite: 'lax' | 'strict' | 'none';
}

/** The visitor id found in the cookie, or a new one with the header that sets it. */
export interface StickyVisit {
  readonly key: string;
  readonly setCookie?: string;
}

/**
 * The cookie holds a random visitor id, never an environment: the hash of the id decides, so that a raised
 * weight moves nobody back and a rollback reaches everybody at once. A cookie with a wrong signature counts as none.
 */
export function stickyVisit(cookieHeader: string | undefined, options: StickyCookieOptions): StickyVisit {
  const cookie = parseCookie(cookieHeader ?? '')[options.name];
  const known = cookie === undefined ? false : unsign(cookie, options.secret);
  if (known !== false) return { key: known };

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
