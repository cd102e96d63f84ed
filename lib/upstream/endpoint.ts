/** How a provider wants its key: `Authorization: Bearer …`, or in a header of that name. */
export type AuthScheme = 'bearer' | 'x-api-key' | 'api-key';

/** Where one thing is asked for. */
export interface Endpoint {
  /** Below the base URL. */
  readonly path: string;
  readonly auth: AuthScheme;
  /** Sent along unless somebody says otherwise. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An address without the slashes at its end. Not by a pattern, which would begin anew at each of many slashes. */
export function withoutTrailingSlashes(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') end--;
  return address.slice(0, end);
}

/** The header that carries the key; none for an upstream that takes no key. */
export function authHeaders(auth: AuthScheme, apiKey: string | false): Record<string, string> {
  if (apiKey === false) return {};
  return auth === 'bearer' ? { authorization: `Bearer ${apiKey}` } : { [auth]: apiKey };
}
