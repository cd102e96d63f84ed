import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../../test/support/fake-clock.js';
import { CrossSiteError, isSealable, refuseOtherSites, Sessions } from './sessions.js';

const KEY = 'a-key-that-may-operate';
const HOUR = 3_600_000;
const GET = { headers: {}, method: 'GET' };

const sentBack = (setCookie: string) => ({ method: 'GET', headers: { cookie: setCookie.split(';', 1)[0]! } });

describe('a session', () => {
  test('gives the key back for eight hours', async () => {
    const clock = new FakeClock();
    const sessions = new Sessions(clock);
    const request = sentBack(sessions.begin(KEY, GET));
    expect(await sessions.keyOf(request)).toBe(KEY);
    clock.advance(8 * HOUR - 1);
    expect(await sessions.keyOf(request)).toBe(KEY);
    clock.advance(1);
    expect(await sessions.keyOf(request)).toBeUndefined();
  });

  test('that was ended lets nobody in, however its cookie is spelled; the next one does', async () => {
    const sessions = new Sessions(new FakeClock());
    const request = sentBack(sessions.begin(KEY, GET));
    expect(await sessions.end(request)).toMatch(/^bg_session=; Max-Age=0/);
    expect(await sessions.keyOf(request)).toBeUndefined();
    const padded = { ...request, headers: { cookie: `${request.headers.cookie}=` } };
    expect(await sessions.keyOf(padded)).toBeUndefined();
    expect(await sessions.keyOf(sentBack(sessions.begin(KEY, GET)))).toBe(KEY);
  });

  test('that nobody has begun is not remembered when it ends', async () => {
    const ended: string[] = [];
    const sessions = new Sessions(new FakeClock(), undefined, {
      add: async (id) => void ended.push(id),
      has: async () => false,
    });
    await sessions.end(GET);
    await sessions.end({ ...GET, headers: { cookie: 'bg_session=AAAA' } });
    expect(ended).toEqual([]);
  });

  test('travels over HTTPS alone once it was begun there', () => {
    const sessions = new Sessions(new FakeClock());
    expect(sessions.begin(KEY, { ...GET, protocol: 'https' } as typeof GET)).toContain('; Secure');
    expect(sessions.begin(KEY, { ...GET, protocol: 'http' } as typeof GET)).not.toContain('; Secure');
  });

  test('is nothing to another secret, and nothing when it was cut or changed', async () => {
    const sessions = new Sessions(new FakeClock());
    const cookie = sessions.begin(KEY, GET).split(';', 1)[0]!;
    expect(await new Sessions(new FakeClock()).keyOf(sentBack(cookie))).toBeUndefined();
    for (const broken of ['bg_session=', 'bg_session=AAAA', cookie.slice(0, -6), `${cookie}AAAA`]) {
      expect(await sessions.keyOf(sentBack(broken))).toBeUndefined();
    }
    expect(await sessions.keyOf(GET)).toBeUndefined();
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
