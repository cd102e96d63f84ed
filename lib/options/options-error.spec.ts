import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { environment, pair, untyped } from '../../test/support/options.js';
import { OptionsError, type Problem } from '../validation/validation-error.js';
import { parseOptions } from './parse-options.js';

function errorOf(options: unknown): OptionsError {
  try {
    parseOptions(untyped(options));
  } catch (error) {
    if (error instanceof OptionsError) return error;
    throw error;
  }
  throw new Error('These options were accepted.');
}

const problemsOf = (options: unknown): readonly Problem[] => errorOf(options).problems;
const pathsOf = (options: unknown): string[] => problemsOf(options).map(({ path }) => path);

describe('Wrong options', () => {
  const WRONG = {
    isGlobel: true,
    active: 'red',
    fallback: ['blue', 'spare'],
    rollout: { to: 'violet', finalBakeTime: '10 minutes', steps: [{ setWeight: 101, duration: '1m', wieght: 5 }] },
    keys: [{ name: 'web', key: 'too-short' }],
    stickiness: { cookie: { secret: 'short', name: 'no spaces please' } },
    scheduler: { monitorIntervall: '30s' },
    mayForce: 'everybody',
    environments: {
      blue: { ...environment(60), apiKey: undefined },
      green: environment(30, { baseUrl: 'api.example.com/v1', version: 'GPT 4o!', timeout: '5s' }),
    },
  };

  test('are all told in one error', () => {
    expect(pathsOf(WRONG).toSorted()).toEqual(
      [
        'isGlobel',
        'active',
        'fallback.1',
        'rollout.to',
        'rollout.finalBakeTime',
        'rollout.steps.0.setWeight',
        'rollout.steps.0.wieght',
        'keys.0.key',
        'stickiness.cookie.secret',
        'stickiness.cookie.name',
        'scheduler.monitorIntervall',
        'mayForce',
        'environments',
        'environments.blue.apiKey',
        'environments.green.baseUrl',
        'environments.green.version',
        'environments.green.timeout',
      ].toSorted(),
    );
  });

  test('are each told with a path, a value and a remedy, in the message too', () => {
    const { message, problems, code, status } = errorOf(WRONG);
    expect({ code, status }).toEqual({ code: 'invalid_options', status: 422 });
    expect(message).toContain(`${problems.length} problems`);
    for (const { path, value, remedy } of problems) {
      expect(value).not.toBe('');
      expect(remedy).not.toBe('');
      expect(message).toContain(`${path} `);
      expect(message).toContain(`(found: ${value}). ${remedy}`);
    }
  });

  test.each([
    ['active', '"red"', 'Use one of: blue, green.'],
    ['environments.green.baseUrl', '"api.example.com/v1"', 'https://api.openai.com/v1'],
    ['environments.blue.apiKey', 'nothing', 'process.env'],
    ['environments', '{"blue":60,"green":30}', 'scale them'],
    ['rollout.finalBakeTime', '"10 minutes"', "'5m'"],
    ['rollout.steps.0.setWeight', '101', 'at most 100'],
    ['isGlobel', 'true', 'spelling'],
  ])('at %s show %s and lead to a remedy', (path, value, remedy) => {
    expect(problemsOf(WRONG)).toContainEqual(
      expect.objectContaining({ path, value, remedy: expect.stringContaining(remedy) }),
    );
  });

  test('name the sum of weights that is not 100', () => {
    expect(problemsOf(WRONG).find(({ path }) => path === 'environments')?.message).toContain('sum to 90');
  });

  test('in the long form have the route in their path, whatever it is called', () => {
    const keynote = { environments: { blue: environment(90, { model: '' }) }, active: 'red', bufferThreshold: 0 };
    const problems = problemsOf({ routes: { keynote, fine: { environments: pair } }, alias: 'x' });
    expect(problems.map(({ path }) => path).toSorted()).toEqual(
      [
        'alias',
        'routes.keynote.active',
        'routes.keynote.bufferThreshold',
        'routes.keynote.environments',
        'routes.keynote.environments.blue.model',
      ].toSorted(),
    );
    expect(problems).toContainEqual(expect.objectContaining({ path: 'routes.keynote.bufferThreshold', value: '0' }));
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['an empty object', {}],
    ['no environment', { environments: {} }],
    ['no route', { routes: {} }],
    ['a list of environments', { environments: [environment(100)] }],
    ['a big integer', { environments: { blue: environment(0, { weight: 100n }) } }],
    ['a symbol', { environments: { blue: environment(100, { model: Symbol('gpt') }) } }],
    ['not a number', { environments: { blue: environment(Number.NaN) } }],
    ['a wrong environment name', { environments: { Blue: environment(100) } }],
    ['an alias that is empty', { alias: '', environments: pair }],
    ['a timeout beyond what timers can do', { environments: pair, timeouts: { total: '25d' } }],
  ])('are told as such when they are %s', (_what, options) => {
    expect(problemsOf(options)).toHaveLength(1);
  });

  test('do not hide a wrong environment in the shared rollout behind a route’s own schedule', () => {
    const routes = { chat: { environments: pair, rollout: { finalBakeTime: '1m' } } };
    expect(pathsOf({ routes, rollout: { to: 'red' } })).toEqual(['rollout.to']);
    const own = { chat: { environments: pair, rollout: { to: 'green' } } };
    expect(() => parseOptions({ routes: own, rollout: { to: 'red' } })).not.toThrow();
  });
});

describe('A secret is never in the error', () => {
  const SECRET = 'sk-Zq7';

  test.each([
    ['apiKey of the wrong type', { environments: { blue: environment(100, { apiKey: [SECRET] }) } }],
    [
      'apiKey beside other mistakes',
      { environments: { blue: environment(90, { apiKey: SECRET }) }, active: SECRET[0] },
    ],
    ['apiKey misspelt', { environments: { blue: environment(100, { apikey: SECRET, api_key: SECRET }) } }],
    ['apiKey in the wrong place', { apiKey: SECRET, environments: pair }],
    ['a key that is too short', { keys: [{ name: 'web', key: SECRET }], environments: pair }],
    ['a key without its object', { keys: [SECRET], environments: pair }],
    ['keys as one text', { keys: SECRET, environments: pair }],
    ['a cookie secret that is too short', { stickiness: { cookie: { secret: SECRET } }, environments: pair }],
    ['a cookie secret in the wrong place', { stickiness: { secret: SECRET, cookie: SECRET }, environments: pair }],
    [
      'a header of the wrong type',
      { environments: { blue: environment(100, { headers: { Authorization: [SECRET] } }) } },
    ],
    ['a header of any name', { environments: { blue: environment(100, { headers: { 'x-tenant': `${SECRET}\n` } }) } }],
    ['the address of a webhook', { alerts: { webhooks: [{ url: `hooks/${SECRET}` }] }, environments: pair }],
    [
      'a key in the query of a URL',
      { environments: { blue: environment(100, { baseUrl: `ftp://h/v1?k=${SECRET}` }) } },
    ],
    ['a password in the URL', { environments: { blue: environment(100, { baseUrl: `ftp://me:${SECRET}@host/v1` }) } }],
  ])('%s', (_what, options) => {
    const error = errorOf(options);
    for (const text of [
      error.message,
      error.stack,
      String(error),
      JSON.stringify(error),
      inspect(error, { depth: null, showHidden: true }),
    ]) {
      expect(text).not.toContain(SECRET);
    }
  });
});
