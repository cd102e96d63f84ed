import { hash } from 'node:crypto';
import { describe, expect } from '@jest/globals';
import { parseCookie } from 'cookie';
import * as fc from 'fast-check';
import { anyText } from '../../../test/support/any-text.js';
import { FakeClock } from '../../../test/support/fake-clock.js';
import { builtIn, fuzz } from '../../../test/support/fuzz.js';
import { contextOf } from '../../routing/request-context.js';
import { RoutePolicyError, routePolicyOf } from '../../routing/route-policy.js';
import { knownVisitor, newVisitor } from '../../routing/sticky-cookie.js';
import { AccessKeys } from './access-keys.js';
import { Sessions } from './sessions.js';

const KEY = 'a-key-of-thirty-two-characters-!';
const NAMES = ['blue', 'green', 'backup'];
const COOKIE = {
  name: 'bg_sticky',
  secret: 'a secret of the server',
  ttl: 1_000,
  secure: true,
  sameSite: 'lax',
} as const;

/** A header as Node hands it over: a text, several, or none. */
const header = fc.oneof(
  fc.constant(undefined),
  anyText,
  builtIn,
  fc.constantFrom('green', ' GREEN ', 'weighted', 'shadow', 'blue,green', ''),
  fc.array(anyText, { maxLength: 3 }),
);

describe('any headers', () => {
  fuzz(
    'name an environment that is there, or none, or are refused',
    fc.tuple(header, header),
    ([environment, policy]) => {
      const headers = { 'x-deployment-env': environment, 'x-route-policy': policy };
      try {
        const asked = routePolicyOf({ headers }, NAMES);
        if (asked.name === 'forced') expect(NAMES).toContain(asked.environment);
      } catch (error) {
        expect(error).toBeInstanceOf(RoutePolicyError);
      }
    },
  );

  fuzz('go on only as an id and a trace that no header can be broken with', fc.tuple(header, header), ([id, trace]) => {
    const { requestId, traceparent = 'none' } = contextOf({ headers: { 'x-request-id': id, traceparent: trace } });
    expect(requestId).toMatch(/^[\w.:-]{1,128}$/);
    expect(traceparent).toMatch(/^[\da-f-]{55}$|^none$/);
    expect(requestId + traceparent).not.toMatch(/[\r\n]/);
  });

  const digest = hash('sha256', KEY, 'hex');
  const nearly = fc
    .tuple(fc.nat(KEY.length - 1), anyText)
    .map(([at, junk]) => KEY.slice(0, at) + junk + KEY.slice(at + 1));
  const sent = fc.oneof(
    header,
    nearly,
    nearly.map((key) => `Bearer ${key}`),
    fc.constantFrom('Bearer ', `Basic ${KEY}`),
  );
  fuzz(
    'are nobody without the key, the whole key, and nothing but the key',
    fc.tuple(sent, sent),
    async ([bearer, apiKey]) => {
      const keys = new AccessKeys(
        [
          { name: 'one', key: KEY, scopes: [], environments: [] },
          { name: 'two', hash: digest, scopes: [], environments: [] },
        ],
        undefined,
        new FakeClock(),
      );
      const isKey = (value: unknown): boolean => typeof value === 'string' && value.trim() === KEY;
      const byBearer = typeof bearer === 'string' && /^bearer /i.test(bearer) ? bearer.slice(7) : undefined;
      const caller = await keys.callerOf({ headers: { authorization: bearer, 'x-api-key': apiKey } });
      expect(caller !== undefined).toBe(isKey(byBearer ?? apiKey));
    },
  );
});

/** The bytes: base64 passes over what is none. */
const sealedIn = (cookie: string) => Buffer.from(parseCookie(cookie)['bg_session'] ?? '', 'base64url');

/** The cookie of somebody, with something changed, in the middle of anything else. */
const forged = (cookie: string) =>
  fc
    .record({
      at: fc.nat(cookie.length - 1),
      removed: fc.nat(3),
      added: fc.oneof(anyText, fc.string({ maxLength: 2 })),
      before: fc.constantFrom('', 'a=b; ', '__proto__=x; ', '; ;'),
      after: fc.constantFrom('', '; a=b', ';', `; ${cookie.slice(0, 20)}`),
    })
    .map(
      ({ at, removed, added, before, after }) =>
        before + cookie.slice(0, at) + added + cookie.slice(at + removed) + after,
    );

describe('any cookie', () => {
  const sessions = new Sessions(new FakeClock());
  const begun = sessions.begin(KEY, { headers: {} }).split(';', 1)[0]!;
  const visit = newVisitor(COOKIE);
  const known = visit.setCookie.split(';', 1)[0]!;

  fuzz('opens a session only when it is the one that was given', fc.oneof(forged(begun), anyText), async (cookie) => {
    const same = sealedIn(cookie).equals(sealedIn(begun));
    expect(await sessions.keyOf({ headers: { cookie } })).toBe(same ? KEY : undefined);
  });

  fuzz('makes a visitor known only when it is the one that was given', fc.oneof(forged(known), anyText), (cookie) => {
    const same = parseCookie(cookie)['bg_sticky'] === parseCookie(known)['bg_sticky'];
    expect(knownVisitor(cookie, COOKIE) === visit.key).toBe(same);
  });
});
