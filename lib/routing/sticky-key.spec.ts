import { describe, expect, test } from '@jest/globals';
import { fuzz } from '../../test/support/fuzz.js';
import * as fc from 'fast-check';
import type { HttpRequest, Stickiness } from './routing.options.js';
import { newVisitor, type StickyCookieOptions } from './sticky-cookie.js';
import { stickyKeyOf } from './sticky-key.js';

const COOKIE: StickyCookieOptions = { name: 'bg', secret: 's'.repeat(16), ttl: 1_000, secure: true, sameSite: 'lax' };
const STICKINESS: Stickiness = {
  headers: ['x-tenant'],
  sessionHeaders: ['x-user-id', 'session-id'],
  bodyKeys: ['metadata.user_id', 'safety_identifier', 'user'],
};
const visitor = newVisitor(COOKIE);
const BODY = { metadata: { user_id: 'by metadata' }, safety_identifier: 'by safety', user: 'by user' };
const HEADERS = {
  'x-account': 'by function',
  'x-tenant': 'by tenant',
  cookie: visitor.setCookie.split(';')[0]!,
  'x-user-id': 'by user id',
  'session-id': 'by session',
};

const keyOf = (headers: HttpRequest['headers'], body?: object, cookie?: StickyCookieOptions) =>
  stickyKeyOf(
    { headers },
    body as Record<string, unknown> | undefined,
    headers['x-account'] as string | undefined,
    STICKINESS,
    cookie,
  );

describe('The sticky key', () => {
  test('is the first that is there: function, own headers, cookie, usual headers, fields of the body', () => {
    const headers: Record<string, string> = { ...HEADERS };
    const body: Record<string, unknown> = { ...BODY };
    const found: (string | undefined)[] = [];
    for (const name of Object.keys(HEADERS)) {
      found.push(keyOf(headers, body, COOKIE).key);
      delete headers[name];
    }
    for (const name of Object.keys(BODY)) {
      found.push(keyOf(headers, body, COOKIE).key);
      delete body[name];
    }
    expect(found).toEqual([
      'by function',
      'by tenant',
      visitor.key,
      'by user id',
      'by session',
      'by metadata',
      'by safety',
      'by user',
    ]);
  });

  test('of nobody is that of a new visitor, where there are cookies', () => {
    expect(keyOf({}, {}, COOKIE)).toEqual({ key: expect.any(String), setCookie: expect.stringContaining('bg=') });
    expect(keyOf({ 'x-user-id': 'ada' }, {}, COOKIE).setCookie).toBeUndefined();
    expect(keyOf({}, { user: 'ada' }, COOKIE).setCookie).toBeUndefined();
    expect(keyOf({}, {})).toEqual({});
  });

  test('is never in a body that is not ours to read', () => {
    expect(keyOf({})).toEqual({});
  });

  test('says where it stood, for a log', () => {
    expect(keyOf({ 'session-id': 's' }).source).toBe('the header session-id');
    expect(keyOf({}, BODY).source).toBe('the field metadata.user_id');
  });

  test.each([[''], [7], [null], [{ id: 'ada' }], [['ada']], ['x'.repeat(513)]])('is not %j', (user) => {
    expect(keyOf({}, { user, metadata: user })).toEqual({});
  });

  fuzz('is a text or nothing, whatever the body', fc.object(), (body) => {
    const { key } = keyOf({}, body);
    expect(key === undefined || typeof key === 'string').toBe(true);
  });
});
