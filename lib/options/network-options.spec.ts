import { describe, expect, test } from '@jest/globals';
import { parseOptions } from './parse-options.js';

const environment = { model: 'm', baseUrl: 'https://provider.test/v1', apiKey: 'k', weight: 100 };
const networkOf = (app: object, own: object = {}) =>
  parseOptions({ environments: { blue: { ...environment, network: own } }, network: app }).upstreams[0]!.network;

describe('the way to a provider', () => {
  test('is the usual one', () => {
    expect(networkOf({})).toEqual({ allowH2: false });
  });

  test('of an environment is laid over that of the app, field by field', () => {
    expect(networkOf({ proxy: 'proxy:3128', allowH2: true }, { proxy: false })).toEqual({
      proxy: false,
      allowH2: true,
    });
  });

  test.each([
    [
      { proxy: 'socks5://proxy:1080' },
      /network\.proxy is not the address of a proxy \(found: "socks5:\/\/proxy:1080"\)/,
    ],
    [{ ca: '/nowhere/ca.pem' }, /network\.ca.* is a file that cannot be read/],
    [{ ca: import.meta.filename }, /network\.ca.* has no certificate in it/],
    [{ allowH2: 'yes' }, /network\.allowH2/],
  ])('is refused at start when it is %j', (wrong, message) => {
    expect(() => networkOf(wrong)).toThrow(message);
  });

  test('keeps the password of a proxy to itself', () => {
    expect(() => networkOf({ proxy: 'ftp://me:s3cret@proxy' })).toThrow(/^(?!.*s3cret)/s);
  });
});
