import { isObject, type JsonObject } from '../kit/json.js';
import type { HttpRequest, Stickiness } from './routing.options.js';
import { knownVisitor, newVisitor, type StickyCookieOptions } from './sticky-cookie.js';

/** The key that keeps a request on its environment. */
export interface StickyKey {
  readonly key?: string;
  /** Where the key stood, in words for a log. */
  readonly source?: string;
  /** The header that gives a new visitor a cookie. */
  readonly setCookie?: string;
}

/** A longer value of a body is not an id. */
const LONGEST = 512;

/**
 * The first key that is there: the app's own function, its own headers, the cookie, the headers and the fields that
 * agents and SDKs send. A visitor without any gets a cookie, where cookies are on.
 *
 * @param own what the app's function says.
 * @param body of a request to the gateway; absent where the handler is the app's own and its body is not ours to read.
 */
export function stickyKeyOf(
  request: HttpRequest,
  body: JsonObject | undefined,
  own: string | number | undefined,
  { headers, sessionHeaders, bodyKeys }: Omit<Stickiness, 'key'>,
  cookie: StickyCookieOptions | undefined,
): StickyKey {
  if (own !== undefined && own !== '') return { key: String(own), source: 'stickiness.key' };
  const configured = inHeaders(request, headers);
  if (configured) return configured;
  const visitor = cookie && knownVisitor(request.headers['cookie'], cookie);
  if (visitor !== undefined) return { key: visitor, source: 'the cookie' };
  const usual = inHeaders(request, sessionHeaders) ?? (body && inBody(body, bodyKeys));
  if (usual) return usual;
  return cookie ? newVisitor(cookie) : {};
}

function inHeaders({ headers }: HttpRequest, names: readonly string[]): StickyKey | undefined {
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return { key: value, source: `the header ${name}` };
  }
  return undefined;
}

function inBody(body: JsonObject, paths: readonly string[]): StickyKey | undefined {
  for (const path of paths) {
    const value = path.split('.').reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), body);
    if (typeof value !== 'string' || value === '' || value.length > LONGEST) continue;
    return { key: value, source: `the field ${path}` };
  }
  return undefined;
}
