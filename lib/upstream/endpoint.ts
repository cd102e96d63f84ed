/** How a provider takes its key: `Authorization: Bearer …`, or in a header of that name. */
export type AuthScheme = 'bearer' | 'x-api-key' | 'api-key';

/** A path of a provider, and how to call it. */
export interface Endpoint {
  /** Below the base URL. */
  readonly path: string;
  readonly auth: AuthScheme;
  /** Sent unless the environment or the caller sets them. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An address without the slashes at its end. Not by a regular expression, which would restart at each of many
 * slashes.
 */
export function withoutTrailingSlashes(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') end--;
  return address.slice(0, end);
}

/** The header with the key; none for an upstream that takes no key. */
export function authHeaders(auth: AuthScheme, apiKey: string | false): Record<string, string> {
  if (apiKey === false) return {};
  return auth === 'bearer' ? { authorization: `Bearer ${apiKey}` } : { [auth]: apiKey };
}
