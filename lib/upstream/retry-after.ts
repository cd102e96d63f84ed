import type { IncomingHttpHeaders } from 'node:http';

/**
 * Milliseconds that the answer asks to wait: `retry-after-ms`, else `Retry-After` in seconds or as a date
 * (RFC 9110, 10.2.3). `undefined` when it says nothing that can be read.
 */
export function retryAfterOf(headers: IncomingHttpHeaders, now: number): number | undefined {
  const milliseconds = Number(headers['retry-after-ms'] ?? NaN);
  if (milliseconds >= 0) return milliseconds;

  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const seconds = Number(value);
  if (value.trim() !== '' && seconds >= 0) return seconds * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
