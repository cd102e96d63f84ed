import type { IncomingHttpHeaders } from 'node:http';

/** Digits enough for anything that is meant: more would be a wait for ever. */
const NUMBER = /^\d{1,12}(\.\d+)?$/;
const WEEKDAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/**
 * Milliseconds that the answer asks to wait: `retry-after-ms`, else `Retry-After` in seconds or as a date
 * (RFC 9110, 10.2.3). `undefined` when it says nothing that can be read.
 */
export function retryAfterOf(headers: IncomingHttpHeaders, now: number): number | undefined {
  const milliseconds = first(headers['retry-after-ms']);
  if (NUMBER.test(milliseconds)) return Number(milliseconds);

  const value = first(headers['retry-after']);
  if (NUMBER.test(value)) return Number(value) * 1000;
  // `Date.parse` makes dates of nearly anything with a digit in it; those that may stand here begin with the weekday.
  const date = WEEKDAY.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** A header that came more than once is a list. */
function first(header: string | string[] | undefined): string {
  return ((Array.isArray(header) ? header[0] : header) ?? '').trim();
}
