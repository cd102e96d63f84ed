import { describe, expect, test } from '@jest/globals';
import { contextOf, currentContext, openRequestContext, requestIdFrom } from './request-context.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('The request id', () => {
  test.each(['abc', 'req_1:2.3-4', 'x'.repeat(128)])('is the caller’s when it is well-formed: %s', (id) => {
    expect(requestIdFrom(id)).toBe(id);
  });

  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['too long', 'x'.repeat(129)],
    ['with a space', 'a b'],
    ['with a line break', 'a\r\nSet-Cookie: b'],
    ['ending in a line break', 'a\n'],
    ['with a list of several', 'a, b'],
    ['sent twice', ['a', 'b']],
    ['not ASCII', 'é'],
  ])('is a new one when the caller’s is %s', (_what, header) => {
    expect(requestIdFrom(header)).toMatch(UUID);
    expect(requestIdFrom(header)).not.toBe(requestIdFrom(header));
  });
});

const traceOf = (traceparent: string | string[] | undefined) => contextOf({ headers: { traceparent } }).traceparent;

describe('The trace context', () => {
  const WELL_FORMED = `00-${'4b'.repeat(16)}-${'00f0'.repeat(4)}-01`;
  test('is the caller’s when it is well-formed', () => {
    expect(traceOf(WELL_FORMED)).toBe(WELL_FORMED);
  });

  test.each([undefined, '', ` ${WELL_FORMED}`, `${WELL_FORMED}-x`, WELL_FORMED.toUpperCase(), [WELL_FORMED]])(
    'is none when the caller’s is %j',
    (traceparent) => {
      expect(traceOf(traceparent as string | undefined)).toBeUndefined();
    },
  );
});

describe('The context of a request', () => {
  test('is made once, whoever asks', () => {
    const request = { headers: {} };
    expect(contextOf(request)).toBe(contextOf(request));
    expect(contextOf({ headers: {} })).not.toBe(contextOf(request));
  });

  test('is the same for Node’s request and for Fastify’s wrapper around it', () => {
    const raw = { headers: {} };
    expect(contextOf({ headers: {}, raw })).toBe(contextOf(raw));
  });

  test('is current in what the middleware runs, also after an await, and nowhere else', async () => {
    const request = { headers: { 'x-request-id': 'abc' } };
    const seen = await new Promise((resolve, reject) => {
      openRequestContext(request, undefined, () => {
        Promise.resolve()
          .then(() => resolve(currentContext()))
          .catch(reject);
      });
    });
    expect(seen).toBe(contextOf(request));
    expect(currentContext()).toBeUndefined();
  });
});
