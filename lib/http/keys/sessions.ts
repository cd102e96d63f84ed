import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Clock } from '../../kit/clock.js';
import { OwnEndedSessions, type EndedSessions } from './ended-sessions.js';
import { BlueGreenError } from '../../domain/errors.js';
import type { HttpRequest } from '../../routing/routing.options.js';

const COOKIE = 'bg_session';
/** Only our page can send it: other sites cannot make a browser add a header. */
const PAGE_HEADER = 'x-blue-green-page';

interface Session {
  readonly key: string;
  /** Wall time at which it ends. */
  readonly until: number;
}

const LASTS = 8 * 60 * 60_000;
const NONCE = 12;
const TAG = 16;
/** Longest key that fits into a cookie, which holds about 4,000 characters. */
const MAX_KEY = 1_024;

/** A change that our own page did not send. `code`: `cross_site`. */
export class CrossSiteError extends BlueGreenError {
  constructor() {
    super('cross_site', 'The request does not come from the dashboard.', 'Use the control API with a key.', 403);
  }
}

/**
 * Sessions of the dashboard. The cookie holds the key itself, encrypted and authenticated (AES-256-GCM), and the time
 * at which the session ends. The server stores nothing but the sessions that were ended before their time, and a change
 * to the key, its scopes or its rate limit applies to the session with the next request. The secret lives as long as
 * the process unless it is given.
 */
export class Sessions {
  constructor(
    private readonly clock: Clock,
    /** 32 bytes. Replicas behind one address need the same one. */
    private readonly secret: Buffer = randomBytes(32),
    private readonly ended: EndedSessions = new OwnEndedSessions(clock),
  ) {}

  /** The `Set-Cookie` that starts a session of eight hours. */
  begin(key: string, request: HttpRequest): string {
    return cookie(this.#seal(JSON.stringify({ key, until: this.clock.now() + LASTS })), LASTS / 1_000, request);
  }

  /** Ends the session, for copies of its cookie too. @returns the `Set-Cookie` that removes it. */
  async end(request: HttpRequest): Promise<string> {
    const sealed = cookieOf(request);
    const session = sealed === undefined ? undefined : this.#open(sealed);
    if (sealed !== undefined && session) await this.ended.add(idOf(sealed), session.until);
    return cookie('', 0, request);
  }

  /**
   * The key in the request's cookie; `undefined` without a valid one.
   *
   * @throws {CrossSiteError} for a change that another site may have caused.
   */
  async keyOf(request: HttpRequest & { readonly method?: string }): Promise<string | undefined> {
    const { method = 'GET', headers } = request;
    if (method !== 'GET' && method !== 'HEAD') refuseOtherSites(headers);
    const sealed = cookieOf(request);
    const session = sealed === undefined ? undefined : this.#open(sealed);
    if (sealed === undefined || !session || (await this.ended.has(idOf(sealed)))) return undefined;
    return session.key;
  }

  #seal(text: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.secret, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  #open(text: string): Session | undefined {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.length <= NONCE + TAG) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.secret, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    try {
      const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]);
      const session = JSON.parse(plain.toString('utf8')) as Session;
      return session.until > this.clock.now() ? session : undefined;
    } catch {
      // Sealed by another process, or tampered with.
      return undefined;
    }
  }
}

function cookieOf({ headers }: HttpRequest): string | undefined {
  return parseCookie(String(headers['cookie'] ?? ''))[COOKIE];
}

/** The same for every spelling of the same bytes; nobody can make the cookie of it. */
function idOf(sealed: string): string {
  return createHash('sha256').update(Buffer.from(sealed, 'base64url')).digest('base64url').slice(0, 22);
}

/** Whether a key fits into a cookie. */
export function isSealable(key: unknown): key is string {
  return typeof key === 'string' && key.trim() !== '' && key.length <= MAX_KEY;
}

/**
 * Accepts changes from the page only: checks a header that no form can send, and the origin that the browser reports.
 *
 * @throws {CrossSiteError}
 */
export function refuseOtherSites(headers: HttpRequest['headers']): void {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (headers[PAGE_HEADER] === undefined) throw new CrossSiteError();
  // Browsers report the site of a request; over plain HTTP only its origin.
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
