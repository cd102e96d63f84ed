import { describe, expect, test } from '@jest/globals';
import { environment, pair, untyped } from '../../test/support/options.js';
import { parseOptions } from './parse-options.js';

const notesOf = (options: object) => parseOptions(untyped({ environments: pair, ...options })).notes;

describe('Options that cannot keep their promise', () => {
  const sticky = { stickiness: { strategy: 'sticky' } };

  test('sticky without a secret is told', () => {
    expect(notesOf(sticky)).toEqual([expect.stringMatching(/^stickiness\.strategy is sticky, and there is no secret/)]);
    const routes = { chat: { environments: pair, ...sticky } };
    expect(parseOptions({ routes } as never).notes).toEqual([
      expect.stringMatching(/^routes\.chat\.stickiness\.strategy/),
    ]);
  });

  test.each([
    [{ ...sticky, keys: [{ name: 'web', key: 'a-key-of-sixteen-or-more' }] }],
    [{ stickiness: { strategy: 'sticky', cookie: { secret: 'a-secret-of-sixteen' } } }],
    [{ stickiness: { strategy: 'weighted' } }],
  ])('%j is fine', (options) => {
    expect(notesOf(options)).toEqual([]);
  });

  test('a budget that falls back to nobody is told', () => {
    const budget = { perMonthUsd: 5, action: 'fallback' };
    expect(notesOf({ budget, environments: { blue: environment(100) } })).toEqual([
      expect.stringMatching(/^budget\.action is fallback, and route "default" has no second environment/),
    ]);
    expect(notesOf({ budget })).toEqual([]);
  });
});
