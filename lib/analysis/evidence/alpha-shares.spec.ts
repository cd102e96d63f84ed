import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { alphaShares, type AlphaClaim } from './alpha-shares.js';

const other = (name: string, alpha?: number): AlphaClaim => ({ name, kind: 'other', alpha });
const error: AlphaClaim = { name: 'errors', kind: 'error' };

describe('shares of alpha', () => {
  test('the default plan: one half to errors, a fifth of the other half to each of the rest', () => {
    const names = ['wrong answers', 'latency', 'first token', 'ceiling', 'trip'];
    const shares = alphaShares(0.05, [error, ...names.map((name) => other(name))])!;
    expect(shares.get('errors')).toBe(0.025);
    for (const name of names) expect(shares.get(name)).toBeCloseTo(0.005, 15);
  });

  test('a half without a taker goes to the other', () => {
    expect(alphaShares(0.05, [error])!.get('errors')).toBe(0.05);
    expect(alphaShares(0.05, [other('trip')])!.get('trip')).toBe(0.05);
  });

  test('what was written by hand is kept, and taken off first', () => {
    const shares = alphaShares(0.05, [{ ...error, alpha: 0.03 }, other('latency', 0.01), other('trip')])!;
    expect([...shares]).toEqual([
      ['errors', 0.03],
      ['latency', 0.01],
      ['trip', expect.closeTo(0.01, 12)],
    ]);
  });

  test('nothing is left for the others', () => {
    expect(alphaShares(0.05, [other('latency', 0.05), other('trip')])).toBeUndefined();
    expect(alphaShares(0.05, [other('latency', 0.05)])!.get('latency')).toBe(0.05);
  });

  test('never more than the total, and all of it', () => {
    const claims = fc.uniqueArray(
      fc.record({ name: fc.string(), kind: fc.constantFrom('error' as const, 'other' as const) }),
      {
        selector: ({ name }) => name,
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 0.49, noNaN: true }), claims, (total, all) => {
        const sum = [...alphaShares(total, all)!.values()].reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(total, 12);
      }),
    );
  });
});
