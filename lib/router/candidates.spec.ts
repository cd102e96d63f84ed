import { describe, expect, test } from '@jest/globals';
import type { FailureClass } from '../domain/outcome.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import { mayHelp, toldOf } from './candidates.js';

const target = (maxTokens?: number, environment = 'any') => ({
  environment,
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

const failed = (failure: FailureClass, environment: string, asked: boolean) => ({
  target: target(undefined, environment),
  failure: new UpstreamFailure(failure, `${failure} there`, { asked }),
});

describe('Of several failures the caller learns', () => {
  const timeout = failed('timeout', 'blue', true);
  const open = failed('circuit_open', 'green', false);
  const unable = failed('unsupported', 'backup', false);

  test('of the last that was really asked', () => {
    expect(toldOf(open, timeout)).toBe(timeout);
    expect(toldOf(timeout, open)).toBe(timeout);
    expect(toldOf(timeout, unable)).toBe(timeout);
  });

  test('of who could and is left alone, rather than of who cannot', () => {
    expect(toldOf(open, unable)).toBe(open);
    expect(toldOf(unable, open)).toBe(open);
  });

  test('what is missing where, when nobody can', () => {
    const { target: first, failure } = toldOf(unable, failed('unsupported', 'spare', false));
    expect(first.environment).toBe('backup');
    expect(failure).toMatchObject({ failure: 'unsupported', asked: false });
    expect(failure.message).toBe('unsupported there; nor was "spare": unsupported there');
  });
});
