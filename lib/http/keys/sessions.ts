import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Clock } from '../../kit/clock.js';
import { BlueGreenError } from '../../domain/errors.js';
import type { HttpRequest } from '../../routing/routing.options.js';

const COOKIE = 'bg_session';
/** The page sends it with every request that is not a plain read: other sites cannot make a browser do that. */
const PAGE_HEADER = 'x-blue-green-page';

const LASTS = 8 * 60 * 60_000;
const NONCE = 12;
const TAG = 16;
/** Characters of a key that is still sealed: cookies have about 4,000. */
const MAX_KEY = 1_024;

/** A change that was not asked for by our own page. `code`: `cross_site`. */
export class CrossSiteError extends BlueGreenError {
  constructor() {
    super('cross_site', 'The request does not come from the dashboard.', 'Use the control API with a key.', 403);
  }
}

/**
 * Sessions of people on the page. The cookie holds the key itself, encrypted and authenticated (AES-256-GCM), with the
 * time at which the session ends: nothing is kept here, and whatever becomes of the key, its scopes or its rate limit
 * becomes of the session with the next request. The secret lives as long as the process unless it is given.
 */
export class Sessions {
  constructor(
    private readonly clock: Clock,
    /** 32 bytes. Replicas behind one address have to have the same. */
    private readonly secret: Buffer = randomBytes(32),
  ) {}

  /** The `Set-Cookie` that begins a session of eight hours. */
  begin(key: string, request: HttpRequest): string {
    return cookie(this.#seal(JSON.stringify({ key, until: this.clock.now() + LASTS })), LASTS / 1_000, request);
  }

  /** The `Set-Cookie` that ends one. */
  end(request: HttpRequest): string {
    return cookie('', 0, request);
  }

  /**
   * The key behind the request's cookie; `undefined` without one that holds.
   *
   * @throws {CrossSiteError} for a change that another site may have made the browser send.
   */
  keyOf(request: HttpRequest & { readonly method?: string }): string | undefined {
    const { method = 'GET', headers } = request;
    if (method !== 'GET' && method !== 'HEAD') refuseOtherSites(headers);
    const sealed = parseCookie(String(headers['cookie'] ?? ''))[COOKIE];
    return sealed === undefined ? undefined : this.#open(sealed);
  }

  #seal(text: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.secret, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  #open(text: string): string | undefined {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length <= NONCE + TAG) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.secret, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    try {
      const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]);
      const { key, until } = JSON.parse(plain.toString('utf8')) as { readonly key: string; readonly until: number };
      return until > this.clock.now() ? key : undefined;
    } catch {
      // Of another process, or somebody has been at it.
      return undefined;
    }
  }
}

/** Whether a key can be sealed at all. */
export function isSealable(key: unknown): key is string {
  return typeof key === 'string' && key.trim() !== '' && key.length <= MAX_KEY;
}

/**
 * Lets only the page itself change something: a header that no form can send, and the origin as the browser tells it.
 *
 * @throws {CrossSiteError}
 */
export function refuseOtherSites(headers: HttpRequest['headers']): void {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (headers[PAGE_HEADER] === undefined) throw new CrossSiteError();
  // Browsers say where a request comes from; over plain HTTP the origin alone.
  if (site !== undefined && site !== 'same-origin') throw new CrossSiteError();
  if (site === undefined && typeof origin === 'string' && hostOf(origin) !== host) throw new CrossSiteError();
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function cookie(value: string, maxAge: number, request: HttpRequest & { readonly protocol?: string }): string {
  const secure = request.protocol === 'https';
  return stringifySetCookie(COOKIE, value, { httpOnly: true, sameSite: 'strict', secure, path: '/', maxAge });
}
