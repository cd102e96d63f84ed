import { hash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { environment, untyped } from '../../test/support/options.js';
import type { OptionsError } from '../validation/validation-error.js';
import { parseOptions } from './parse-options.js';

function problemsWith(blue: object, rest: object = {}) {
  try {
    parseOptions(untyped({ environments: { blue: environment(100, blue) }, ...rest }));
  } catch (error) {
    return (error as OptionsError).problems;
  }
  return [];
}

describe('what could not be sent in a header is refused at start', () => {
  test('a key with a line break at its end, and the key is not shown', () => {
    const [problem] = problemsWith({ apiKey: 'sk-from-a-file\n' });
    expect(problem).toMatchObject({ path: 'environments.blue.apiKey', remedy: expect.stringContaining('trim()') });
    expect(JSON.stringify(problem)).not.toContain('sk-from-a-file');
  });

  test.each([
    ['a line break in a value', { 'x-team': 'a\r\nx-admin: yes' }, 'x-team'],
    ['a letter that no header has', { 'x-team': 'Ω' }, 'x-team'],
    ['a space in a name', { 'x team': 'a' }, 'x team'],
    ['a name of nothing', { '': 'a' }, ''],
  ])('%s', (_what, headers, name) => {
    expect(problemsWith({ headers })).toMatchObject([{ path: `environments.blue.headers.${name}` }]);
  });

  test('while keys and headers of any usual kind are taken', () => {
    expect(problemsWith({ apiKey: 'sk-proj_a.b/c+d=', headers: { 'X-Title': 'Ünser Team, 1' } })).toEqual([]);
  });
});

describe('a breaker that needs more calls than it remembers', () => {
  test('is refused at start', () => {
    expect(problemsWith({}, { breaker: { size: 5, minCalls: 6 } })).toMatchObject([{ path: 'breaker.minCalls' }]);
  });

  test('does not come about by the default', () => {
    const config = parseOptions({ environments: { blue: environment(100) }, breaker: { size: 5 } });
    expect(config.routes.get('default')?.sending.breaker).toMatchObject({ size: 5, minCalls: 5 });
  });
});

describe('an option that has several forms', () => {
  test.each([
    ['a name that is not spelt right', { breaker: { treshold: 0.5 } }, 'breaker.treshold'],
    ['a value that is too large', { breaker: { threshold: 1 } }, 'breaker.threshold'],
    ['a name within the pins', { conversationPins: { headr: 'x-chat' } }, 'conversationPins.headr'],
    ['neither form', { breaker: 'off' }, 'breaker'],
  ])('tells where exactly: %s', (_what, rest, path) => {
    expect(problemsWith({}, rest)).toMatchObject([{ path }]);
  });
});

test('the SHA-256 of nothing is refused as a key: it comes of a variable that was not set, and anybody has an empty key', () => {
  const keys = [{ name: 'web', hash: hash('sha256', '', 'hex') }];
  expect(problemsWith({}, { keys })).toMatchObject([
    { path: 'keys.0.hash', message: expect.stringContaining('empty') },
  ]);
  expect(problemsWith({}, { keys: [{ name: 'web', hash: hash('sha256', 'x', 'hex') }] })).toEqual([]);
});
