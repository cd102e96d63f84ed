import { describe, expect, test } from '@jest/globals';
import type { ManyRoutesOptions } from '../options/blue-green-options.js';
import { parseOptions } from '../options/parse-options.js';
import { CliError } from './cli-error.js';
import { serveAccess, withKeyForThisRun } from './serve-access.js';

const environment = (weight: number) => ({ baseUrl: 'http://relay/v1', apiKey: 'k', model: 'm', weight });
const NO_KEYS: ManyRoutesOptions = {
  routes: {
    chat: { environments: { blue: environment(100), green: environment(0) } },
    mail: { environments: { blue: environment(100), backup: environment(0) } },
  },
};
const KEYS: ManyRoutesOptions = { ...NO_KEYS, keys: [{ name: 'web', key: 'a-key-of-the-gateway' }] };

describe('With keys', () => {
  test('it listens everywhere unless told otherwise, wherever it runs', () => {
    const env = { NODE_ENV: 'production', KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    expect(serveAccess(KEYS, undefined, env)).toEqual({ host: '0.0.0.0', makesKey: false });
    expect(serveAccess(KEYS, '10.1.2.3', env)).toEqual({ host: '10.1.2.3', makesKey: false });
  });
});

describe('Without keys', () => {
  test('it listens on this machine', () => {
    expect(serveAccess(NO_KEYS, undefined, {})).toEqual({ host: '127.0.0.1', makesKey: true });
    expect(serveAccess({ ...NO_KEYS, keys: [] }, undefined, {})).toEqual({ host: '127.0.0.1', makesKey: true });
  });

  test.each(['127.0.0.1', '127.9.8.7', '::1', '::ffff:127.0.0.1', 'localhost'])('%s is this machine', (host) => {
    expect(serveAccess(NO_KEYS, host, { NODE_ENV: 'test' })).toEqual({ host, makesKey: true });
  });

  test.each([
    ['0.0.0.0', {}, '0.0.0.0 is not a loopback address'],
    ['::', {}, ':: is not a loopback address'],
    ['10.1.2.3', {}, '10.1.2.3 is not a loopback address'],
    ['', {}, 'every address is not a loopback address'],
    ['127.0.0.1.example.com', {}, 'is not a loopback address'],
    ['localhost.example.com', {}, 'is not a loopback address'],
    [undefined, { NODE_ENV: 'production' }, 'NODE_ENV is production'],
    ['127.0.0.1', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, 'KUBERNETES_SERVICE_HOST'],
  ])('on %j with %j it does not start', (host, env, why) => {
    const start = () => serveAccess(NO_KEYS, host, env);
    expect(start).toThrow(CliError);
    expect(start).toThrow(why);
  });

  test('the key that is made opens everything, and is another one each time', () => {
    const [one, other] = [withKeyForThisRun(NO_KEYS), withKeyForThisRun(NO_KEYS)];
    expect(one.key).not.toBe(other.key);
    expect(Buffer.from(one.key.slice('bg_'.length), 'base64url')).toHaveLength(32);
    expect(parseOptions(one.options).keys).toMatchObject([
      { key: one.key, scopes: ['inference', 'read', 'operate'], environments: ['blue', 'green', 'backup'] },
    ]);
  });
});
