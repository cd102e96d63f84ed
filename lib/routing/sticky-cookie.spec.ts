import { describe, expect, test } from '@jest/globals';
import { parseCookie } from 'cookie';
import * as fc from 'fast-check';
import { anyText } from '../../test/support/any-text.js';
import { cookieUnder, knownVisitor, newVisitor, type StickyCookieOptions } from './sticky-cookie.js';

const OPTIONS: StickyCookieOptions = {
  name: 'bg_sticky',
  secret: 'a secret of the server',
  ttl: 3_600_000,
  secure: true,
  sameSite: 'lax',
};

/** A visitor who brings this header, or comes for the first time. */
function stickyVisit(header: string | undefined, options: StickyCookieOptions) {
  const key = knownVisitor(header, options);
  return key === undefined ? newVisitor(options) : { key, setCookie: undefined };
}

/** The `Cookie` header of a browser that was given this `Set-Cookie`. */
const sentBack = (setCookie: string | undefined) => setCookie!.split(';')[0]!;

const attributesOf = (options: Partial<StickyCookieOptions>) =>
  stickyVisit(undefined, { ...OPTIONS, ...options })
    .setCookie!.split('; ')
    .slice(1);

describe('A visitor without a cookie', () => {
  test('gets one, and is known by it from then on', () => {
    const first = stickyVisit(undefined, OPTIONS);
    expect(stickyVisit(sentBack(first.setCookie), OPTIONS)).toEqual({ key: first.key });
    expect(stickyVisit(`theme=dark; ${sentBack(first.setCookie)}; lang=de`, OPTIONS)).toEqual({ key: first.key });
  });

  test('gets an id of its own', () => {
    expect(stickyVisit(undefined, OPTIONS).key).not.toBe(stickyVisit(undefined, OPTIONS).key);
  });
});

describe('A cookie counts as none when', () => {
  const cookie = sentBack(stickyVisit(undefined, OPTIONS).setCookie);
  const { key } = stickyVisit(cookie, OPTIONS);

  const expectNone = (header: string) => {
    const visit = stickyVisit(header, OPTIONS);
    expect(visit.key).not.toBe(key);
    expect(visit.setCookie).toBeDefined();
  };

  test('its signature is missing, empty or another secret’s', () => {
    expectNone(`bg_sticky=${key}`);
    expectNone(`bg_sticky=${key}.`);
    expectNone(`bg_sticky=`);
    expectNone(sentBack(stickyVisit(undefined, { ...OPTIONS, secret: 'the secret of a forger' }).setCookie));
  });

  test('its id was changed and the signature kept', () => {
    expectNone(cookie.replace(key, `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`));
  });

  test('any one character of its value was changed', () => {
    const value = parseCookie(cookie)['bg_sticky']!;
    fc.assert(
      fc.property(fc.nat(value.length - 1), fc.stringMatching(/^[\w.+/-]$/), (at, character) => {
        fc.pre(value[at] !== character);
        const forged = value.slice(0, at) + character + value.slice(at + 1);
        expectNone(`bg_sticky=${encodeURIComponent(forged)}`);
      }),
    );
  });

  test('the header is anything at all', () => {
    fc.assert(fc.property(anyText, (junk) => expectNone(`bg_sticky=${junk}`)));
  });
});

describe('The cookie', () => {
  test('is out of reach of scripts, for the whole site, and lasts as configured', () => {
    const attributes = attributesOf({ ttl: 90_500 });
    expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'Path=/', 'Max-Age=90']));
  });

  test('is for HTTPS only unless configured otherwise', () => {
    expect(attributesOf({ secure: true })).toContain('Secure');
    expect(attributesOf({ secure: false })).not.toContain('Secure');
  });

  test.each([
    ['lax', 'SameSite=Lax'],
    ['strict', 'SameSite=Strict'],
    ['none', 'SameSite=None'],
  ] as const)('says %s as %s', (sameSite, attribute) => {
    expect(attributesOf({ sameSite })).toContain(attribute);
  });

  test('has the configured name and says nothing about environments or the secret', () => {
    const { key, setCookie } = stickyVisit(undefined, { ...OPTIONS, name: 'other' });
    expect(setCookie).toMatch(/^other=/);
    expect(key).toMatch(/^[0-9a-f-]{36}$/);
    expect(setCookie).not.toMatch(/blue|green|secret/);
  });
});

describe('The cookie of a route', () => {
  const stickySessions = { enabled: true, cookieName: 'session', ttl: 9_000 };
  const SECRET = 'another secret of the server';

  test('is the configured one, until it is set while the app runs', () => {
    expect(cookieUnder({}, OPTIONS, SECRET)).toBe(OPTIONS);
    expect(cookieUnder({}, undefined, SECRET)).toBeUndefined();
  });

  test('is one of our own where callers are to be sticky and nobody has said how', () => {
    const usual = { name: 'bg_sticky', ttl: 30 * 24 * 60 * 60_000, secret: SECRET, secure: false, sameSite: 'lax' };
    expect(cookieUnder({ strategy: 'sticky' }, undefined, SECRET)).toEqual(usual);
    expect(cookieUnder({ strategy: 'sticky' }, OPTIONS, SECRET)).toBe(OPTIONS);
    const off = { ...stickySessions, enabled: false };
    expect(cookieUnder({ strategy: 'sticky', stickySessions: off }, OPTIONS, SECRET)).toBeUndefined();
  });

  test('may be switched off', () => {
    expect(cookieUnder({ stickySessions: { ...stickySessions, enabled: false } }, OPTIONS, SECRET)).toBeUndefined();
  });

  test('keeps the secret and the protection that were configured, under another name and time', () => {
    expect(cookieUnder({ stickySessions }, OPTIONS, SECRET)).toEqual({ ...OPTIONS, name: 'session', ttl: 9_000 });
  });

  test('that was not configured needs a secret; callers of an API may be on plain HTTP', () => {
    expect(cookieUnder({ stickySessions }, undefined, undefined)).toBeUndefined();
    expect(cookieUnder({ stickySessions }, undefined, SECRET)).toEqual({
      name: 'session',
      ttl: 9_000,
      secret: SECRET,
      secure: false,
      sameSite: 'lax',
    });
  });
});
