import { describe, expect, test } from '@jest/globals';
import { errorFacts } from './error-facts.js';
import { retryAdvice } from './retry-advice.js';

const NOW = Date.UTC(2026, 10, 27, 12);
const said = (headers: Record<string, string>, body: unknown = '') =>
  retryAdvice('rate_limited', headers, errorFacts(body), NOW);
const wait = (headers: Record<string, string>, body?: unknown) => said(headers, body).retryAfter;

describe('the wait that a provider asks for', () => {
  test('stands in its headers, exact ones first', () => {
    expect(wait({ 'retry-after-ms': '350', 'retry-after': '1' })).toBe(350);
    expect(wait({ 'retry-after': '2' }, { error: { message: 'Try again in 9s.' } })).toBe(2_000);
  });

  test.each([
    [{ error: { details: [{ retryDelay: '34.074824224s' }] } }, 34_074],
    [{ error: { message: 'Please try again in 9m38.016s.' } }, 578_016],
    [{ error: { message: 'Please try again in 857ms.' } }, 857],
    ['Retry after 3 seconds. More words', 3_000],
    [{ error: { message: 'Try again in a while.' } }, undefined],
    [{ error: { details: [{ retryDelay: 'soon' }] } }, undefined],
  ])('or in its body: %j', (body, ms) => {
    expect(wait({}, body)).toBe(ms);
  });

  test.each([
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '20s' }, 20_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '7' }, 7_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1_000 + 30) }, 30_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 25_000) }, 25_000],
    [
      {
        'anthropic-ratelimit-tokens-remaining': '0',
        'anthropic-ratelimit-tokens-reset': '2026-11-27T12:00:12Z',
      },
      12_000,
    ],
    [{ 'x-ratelimit-remaining-tokens': '5', 'x-ratelimit-reset-tokens': '6m0s' }, undefined],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': 'later' }, undefined],
  ])('or is the reset of the limit that is used up: %j', (headers, ms) => {
    expect(wait(headers)).toBe(ms);
  });

  test('is no reset of a limit when the failure is not one of those', () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '7' };
    expect(retryAdvice('server_error', headers, errorFacts(''), NOW).retryAfter).toBeUndefined();
  });
});

describe('whether to ask again', () => {
  test.each(['true', 'false'])('is said by x-should-retry: %s', (value) => {
    expect(said({ 'x-should-retry': value }).again).toBe(value === 'true');
  });

  test('is denied for a request that no minute has room for, and else left to the failure table', () => {
    expect(said({}, { error: { message: 'Request too large for m on tokens per min (TPM).' } }).again).toBe(false);
    expect(said({}, { error: { message: 'Rate limit reached.' } }).again).toBeUndefined();
    expect(said({ 'x-should-retry': 'perhaps' }).again).toBeUndefined();
  });
});
