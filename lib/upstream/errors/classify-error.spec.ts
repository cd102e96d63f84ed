import { describe, expect, test } from '@jest/globals';
import { CONSEQUENCES } from '../../domain/outcome.js';
import { classifyError } from './classify-error.js';
import { errorFacts } from './error-facts.js';

const said = (status: number, body: unknown) => classifyError(status, errorFacts(body));
const classify = (status: number, code?: unknown, type?: unknown) =>
  said(status, { error: { message: 'no', code, type } });

describe('what an error answer means', () => {
  test.each([
    [401, 'auth'],
    [402, 'quota'],
    [403, 'auth'],
    [404, 'not_found'],
    [408, 'server_error'],
    [409, 'server_error'],
    [429, 'rate_limited'],
    [500, 'server_error'],
    [503, 'server_error'],
    [529, 'server_error'],
    [400, 'rejected'],
    [413, 'rejected'],
    [422, 'rejected'],
    [204, 'malformed'],
    [302, 'malformed'],
  ] as const)('status %i is %s', (status, failure) => {
    expect(said(status, undefined)).toBe(failure);
  });

  test.each([
    ['context_length_exceeded', 'context_length'],
    ['content_policy_violation', 'content_filter'],
    ['content_filter', 'content_filter'],
    ['invalid_api_key', 'auth'],
    ['model_not_found', 'not_found'],
    ['insufficient_quota', 'quota'],
  ] as const)('a 400 with the code %s is %s', (code, failure) => {
    expect(classify(400, code)).toBe(failure);
  });

  test('without a code the type says the same', () => {
    for (const code of [undefined, null, '', 400]) {
      expect(classify(400, code, 'context_length_exceeded')).toBe('context_length');
    }
  });

  test('a code does not turn an outage into a mistake of the caller', () => {
    expect(classify(500, 'content_filter')).toBe('server_error');
  });

  test('a code that nobody knows changes nothing, whatever it is called', () => {
    for (const code of ['tea_time', 'constructor', 'toString', '__proto__']) {
      expect(classify(400, code)).toBe('rejected');
    }
  });

  test('a body that is no error object changes nothing', () => {
    for (const body of [undefined, null, '<html>', [], { error: 'text' }, { error: null }]) {
      expect(said(400, body)).toBe('rejected');
    }
  });

  test('a refusal is never routed around and silence is never asked twice', () => {
    expect(CONSEQUENCES.content_filter).toMatchObject({ retry: false, fallBack: 'none' });
    expect(CONSEQUENCES.timeout).toMatchObject({ retry: false, fallBack: 'any' });
  });
});
