import type { IncomingHttpHeaders } from 'node:http';

/** Enough digits for any real wait. */
const NUMBER = /^\d{1,12}(\.\d+)?$/;
const WEEKDAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/**
 * Milliseconds that the answer asks to wait: `retry-after-ms`, else `Retry-After` in seconds or as a date
 * (RFC 9110, 10.2.3). `undefined` without a readable value.
 */
export function retryAfterOf(headers: IncomingHttpHeaders, now: number): number | undefined {
  const milliseconds = first(headers['retry-after-ms']);
  if (NUMBER.test(milliseconds)) return Number(milliseconds);

  const value = first(headers['retry-after']);
  if (NUMBER.test(value)) return Number(value) * 1000;
  // `Date.parse` turns nearly anything with a digit into a date; HTTP dates start with the weekday.
  const date = WEEKDAY.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** A repeated header is a list. */
function first(header: string | string[] | undefined): string {
  return ((Array.isArray(header) ? header[0] : header) ?? '').trim();
}
