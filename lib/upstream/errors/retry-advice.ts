import type { IncomingHttpHeaders } from 'node:http';
import type { FailureClass } from '../../domain/outcome.js';
import { retryAfterOf } from '../../kit/retry-after.js';
import type { ErrorFacts } from './error-facts.js';
import { saysNeverFits } from './error-words.js';

/** A provider's advice about asking again. */
export interface RetryAdvice {
  /** Milliseconds to wait. */
  readonly retryAfter: number | undefined;
  /** Whether the same request may pass later; `undefined`: nothing is said, and the failure table decides. */
  readonly again: boolean | undefined;
}

/** The advice of an error answer, or of an error inside a success (`headers` are empty then). */
export function retryAdvice(
  failure: FailureClass,
  headers: IncomingHttpHeaders,
  facts: ErrorFacts,
  now: number,
): RetryAdvice {
  const inBody = (): number | undefined => durationOf(facts.delay ?? '') ?? waitInText(facts.texts);
  const retryAfter =
    retryAfterOf(headers, now) ??
    inBody() ??
    (failure === 'rate_limited' ? (resetIn(headers, now) ?? resetIn(facts.headers ?? {}, now)) : undefined);
  return { retryAfter, again: saidOf(headers, facts) };
}

function saidOf(headers: IncomingHttpHeaders, { texts }: ErrorFacts): boolean | undefined {
  const said = headers['x-should-retry'];
  if (said === 'true' || said === 'false') return said === 'true';
  return texts.some(saysNeverFits) ? false : undefined;
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
const DURATION = /^(?:\d{1,9}(?:\.\d{1,12})?(?:ms|d|h|m|s))+$/;
const PART = /(\d{1,9}(?:\.\d{1,12})?)(ms|d|h|m|s)/g;

/** Milliseconds of `9m38.016s`, `857ms` or `34.07s`. */
function durationOf(text: string): number | undefined {
  if (text.length > 64 || !DURATION.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(PART)) sum += Number(count) * UNITS[unit!]!;
  return Math.floor(sum + 1e-6);
}

const IN_TEXT =
  /(?:try again in|retry after|retry in) (\d{1,9}(?:\.\d{1,12})?)(?: (seconds?|minutes?|hours?)|([a-z0-9.]{1,40}))/i;

function waitInText(texts: readonly string[]): number | undefined {
  for (const text of texts) {
    const [, count = '', word, rest = ''] = IN_TEXT.exec(text) ?? [];
    if (count === '') continue;
    if (word) return Number(count) * UNITS[word[0]!.toLowerCase()]!;
    const wait = durationOf((count + rest).replace(/\.$/, ''));
    if (wait !== undefined) return wait;
  }
  return undefined;
}

const REMAINING = /^(x-ratelimit-)remaining(|-[a-z-]{1,40})$|^(anthropic-ratelimit-[a-z-]{1,40}-)remaining$/;

/** The time until the limits that are used up begin again. */
function resetIn(headers: Readonly<Record<string, unknown>>, now: number): number | undefined {
  const known = new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name.toLowerCase(), value.trim()] as const] : [],
    ),
  );
  const waits: number[] = [];
  for (const [name, left] of known) {
    const match = REMAINING.exec(name);
    if (!match || Number(left) !== 0 || left === '') continue;
    const [, prefix, dimension, anthropic] = match;
    const reset = known.get(anthropic ? `${anthropic}reset` : `${prefix}reset${dimension}`);
    const wait = reset === undefined ? undefined : untilReset(reset, now);
    if (wait !== undefined) waits.push(wait);
  }
  if (waits.length > 0) return Math.max(...waits);
  const hasLeft = [...known.keys()].some((name) => REMAINING.test(name));
  return hasLeft ? undefined : untilReset(known.get('x-ratelimit-reset') ?? '', now);
}

const NUMBER = /^\d{1,15}(?:\.\d{1,12})?$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}T/;

/** A duration, seconds, a date, or a time since 1970 in seconds or milliseconds. */
function untilReset(text: string, now: number): number | undefined {
  if (NUMBER.test(text)) {
    const value = Number(text);
    if (value < 1e9) return Math.floor(value * 1_000 + 1e-6);
    return Math.max(0, (value < 1e12 ? value * 1_000 : value) - now);
  }
  const date = ISO_DATE.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? durationOf(text) : Math.max(0, date - now);
}
