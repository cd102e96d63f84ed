import type { IncomingHttpHeaders } from 'node:http';

/** Headers of providers that callers may see. No other is passed on: some name organizations, projects and accounts. */
const PASSED = new Set(['request-id', 'openai-processing-ms']);
const RATE_LIMIT = /^(?:x|anthropic)-ratelimit-[a-z0-9-]{1,64}$/;

const SENDABLE = /^[\x20-\x7e]{1,256}$/;

/** The headers of a provider's answer that may reach the caller, those of its rate limits among them. */
export function passedHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const passed: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    const isPassed = PASSED.has(name) || isRateLimit(name);
    if (isPassed && typeof value === 'string' && SENDABLE.test(value)) passed[name] = value;
  }
  return passed;
}

export function withoutRateLimits(passed: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const name in passed) {
    if (isRateLimit(name)) return Object.fromEntries(Object.entries(passed).filter(([other]) => !isRateLimit(other)));
  }
  return passed;
}

export function isRateLimit(name: string): boolean {
  return RATE_LIMIT.test(name);
}
