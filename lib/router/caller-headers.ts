import type { Dialect } from '../upstream/dialects/dialect.js';

/** The caller's headers that are part of the dialect. No other is passed on: one of them holds the caller's key. */
export function callerHeaders(
  dialect: Dialect,
  valueOf: (name: string) => string | string[] | null | undefined,
): Record<string, string> | undefined {
  let headers: Record<string, string> | undefined;
  for (const name of dialect.callerHeaders) {
    const value = valueOf(name);
    if (value !== null && value !== undefined) (headers ??= {})[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return headers;
}
