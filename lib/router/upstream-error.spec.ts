import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import { UpstreamError } from './upstream-error.js';

test('the provider’s words are for the caller, and not for whoever logs the error with its causes', () => {
  const answer = { status: 400, contentType: 'text/plain', body: Buffer.from('the prompt') };
  const cause = new UpstreamFailure('rejected', 'the provider answered 400', { answer });
  const error = new UpstreamError('chat', 'blue', 'rejected', [], 'id', cause);
  expect(error.answer?.body.toString()).toBe('the prompt');
  const logged = inspect(error, { depth: 9 }) + JSON.stringify([error, error.cause]);
  expect(logged).toContain('the provider answered 400');
  expect(logged).not.toContain(inspect(answer.body).slice(8, 20));
  expect(logged).not.toContain('contentType');
});
