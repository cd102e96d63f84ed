import { describe, expect, test } from '@jest/globals';
import { classifyError } from '../../errors/classify-error.js';
import { errorFacts } from '../../errors/error-facts.js';
import { anthropicMessages } from '../anthropic-messages.js';

const said = (status: number, body: unknown) => classifyError(status, errorFacts(body));
const classify = (status: number, type?: unknown, message = 'no') =>
  said(status, { type: 'error', error: { type, message } });

describe('what an error answer of Anthropic means', () => {
  test.each([
    [401, 'authentication_error', 'auth'],
    [402, 'billing_error', 'quota'],
    [403, 'permission_error', 'auth'],
    [404, 'not_found_error', 'not_found'],
    [413, 'request_too_large', 'rejected'],
    [429, 'rate_limit_error', 'rate_limited'],
    [500, 'api_error', 'server_error'],
    [504, 'timeout_error', 'server_error'],
    [529, 'overloaded_error', 'server_error'],
    [400, 'invalid_request_error', 'rejected'],
    [400, 'authentication_error', 'auth'],
    [400, 'something_new', 'rejected'],
  ] as const)('%i %s is %s', (status, type, failure) => {
    expect(classify(status, type)).toBe(failure);
  });

  test.each([
    ['prompt is too long: 200251 tokens > 200000 maximum', 'context_length'],
    ['input length and `max_tokens` exceed context limit: 190000 + 21333 > 200000', 'context_length'],
    ['Output blocked by content filtering policy', 'content_filter'],
    ['Your credit balance is too low to access the Anthropic API', 'quota'],
    ['max_tokens: must be greater than 0', 'rejected'],
  ] as const)('a mistake with the message "%s" is %s', (message, failure) => {
    expect(classify(400, 'invalid_request_error', message)).toBe(failure);
  });

  test('words do not turn an outage into a mistake of the caller', () => {
    expect(classify(500, 'invalid_request_error', 'prompt is too long')).toBe('server_error');
  });

  test('a body that is no error object changes nothing', () => {
    for (const body of [undefined, null, '<html>', [], { error: 'text' }]) {
      expect(said(400, body)).toBe('rejected');
    }
  });
});

describe('an error of ours', () => {
  const error = { code: 'upstream_timeout', message: 'Too slow.', type: 'upstream_error', status: 504 };

  test("has Anthropic's shape, and our code beside it", () => {
    const body = { type: 'error', error: { type: 'timeout_error', message: 'Too slow.', code: 'upstream_timeout' } };
    expect(anthropicMessages.errorBody(error)).toEqual(body);
    expect(anthropicMessages.errorEvent(error)).toEqual({ event: 'error', data: JSON.stringify(body) });
  });

  test.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [402, 'billing_error'],
    [404, 'not_found_error'],
    [422, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [502, 'api_error'],
    [503, 'overloaded_error'],
  ])('with the status %i is of type %s', (status, type) => {
    expect(anthropicMessages.errorBody({ ...error, status })).toMatchObject({ error: { type } });
  });
});
