import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../../test/support/fake-clock.js';
import { CrossSiteError, isSealable, refuseOtherSites, Sessions } from './sessions.js';

const KEY = 'a-key-that-may-operate';
const HOUR = 3_600_000;
const GET = { headers: {}, method: 'GET' };

const sentBack = (setCookie: string) => ({ method: 'GET', headers: { cookie: setCookie.split(';', 1)[0]! } });

describe('a session', () => {
  test('gives the key back for eight hours', () => {
    const clock = new FakeClock();
    const sessions = new Sessions(clock);
    const request = sentBack(sessions.begin(KEY, GET));
    expect(sessions.keyOf(request)).toBe(KEY);
    clock.advance(8 * HOUR - 1);
    expect(sessions.keyOf(request)).toBe(KEY);
    clock.advance(1);
    expect(sessions.keyOf(request)).toBeUndefined();
  });

  test('travels over HTTPS alone once it was begun there', () => {
    const sessions = new Sessions(new FakeClock());
    expect(sessions.begin(KEY, { ...GET, protocol: 'https' } as typeof GET)).toContain('; Secure');
    expect(sessions.begin(KEY, { ...GET, protocol: 'http' } as typeof GET)).not.toContain('; Secure');
  });

  test('is nothing to another secret, and nothing when it was cut or changed', () => {
    const sessions = new Sessions(new FakeClock());
    const cookie = sessions.begin(KEY, GET).split(';', 1)[0]!;
    expect(new Sessions(new FakeClock()).keyOf(sentBack(cookie))).toBeUndefined();
    for (const broken of ['bg_session=', 'bg_session=AAAA', cookie.slice(0, -6), `${cookie}AAAA`]) {
      expect(sessions.keyOf(sentBack(broken))).toBeUndefined();
    }
    expect(sessions.keyOf(GET)).toBeUndefined();
  });

  test('holds keys that fit into a cookie', () => {
    expect([isSealable(KEY), isSealable(' '), isSealable('x'.repeat(1_025)), isSealable(7)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('a change', () => {
  const page = { 'x-blue-green-page': '1', host: 'app.example' };

  test.each([
    ['the browser says it is ours', { ...page, 'sec-fetch-site': 'same-origin' }],
    ['its origin is ours', { ...page, origin: 'https://app.example' }],
    [
      'a proxy changed the host, and the browser says it is ours',
      { ...page, host: 'inner:80', origin: 'https://app.example', 'sec-fetch-site': 'same-origin' },
    ],
    ['no browser sent it', page],
  ])('passes when %s', (_, headers) => {
    expect(() => refuseOtherSites(headers)).not.toThrow();
  });

  test.each([
    ['a form sent it', { host: 'app.example', 'sec-fetch-site': 'same-origin' }],
    ['it is of a neighbour', { ...page, 'sec-fetch-site': 'same-site' }],
    ['it is of another site', { ...page, 'sec-fetch-site': 'cross-site' }],
    ['its origin is another one', { ...page, origin: 'https://evil.example' }],
    ['its origin is none', { ...page, origin: 'null' }],
  ])('is refused when %s', (_, headers) => {
    expect(() => refuseOtherSites(headers)).toThrow(CrossSiteError);
  });
});
