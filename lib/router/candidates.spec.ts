import { describe, expect, test } from '@jest/globals';
import type { FailureClass } from '../domain/outcome.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import { mayHelp } from './candidates.js';

const target = (maxTokens?: number) => ({
  environment: 'any',
  version: { tag: 'v', model: 'm', upstream: 'u', capabilities: { maxTokens } },
});
const after = (failure: FailureClass, had?: number) => ({
  target: target(had),
  failure: new UpstreamFailure(failure, 'no'),
});

describe('a request that was too long', () => {
  test('goes on to a larger context window', () => {
    expect(mayHelp(target(200_000), after('context_length', 128_000))).toBe(true);
  });

  test('is not sent where there is no more room', () => {
    expect(mayHelp(target(128_000), after('context_length', 128_000))).toBe(false);
    expect(mayHelp(target(8_000), after('context_length', 128_000))).toBe(false);
  });

  test('is tried where nobody has declared how much room there is', () => {
    expect(mayHelp(target(), after('context_length', 128_000))).toBe(true);
    expect(mayHelp(target(8_000), after('context_length'))).toBe(true);
  });
});

test('any other failure goes on to whoever is next', () => {
  expect(mayHelp(target(8_000), after('server_error', 128_000))).toBe(true);
});
