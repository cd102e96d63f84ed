import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { InvalidWeightsError } from './errors.js';
import { assertWeights, normalizeWeights, sumOf, weightsProblem, withShare, type Weights } from './weights.js';

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('It was accepted.');
}

describe('The sum of weights', () => {
  test.each([
    [{ blue: 100 }],
    [{ blue: 75, green: 25 }],
    [{ blue: 99.99, green: 0 }],
    [{ blue: 60.01, green: 40 }],
    [{ blue: 33.33, green: 33.33, fallback: 33.34 }],
    [{ blue: 33.33, green: 33.33, fallback: 33.33 }],
  ])('%j is within ±0.01 of 100', (weights: Weights) => {
    expect(weightsProblem(weights)).toBeUndefined();
  });

  test.each([
    [{ blue: 60, green: 39.98 }, 99.98],
    [{ blue: 60, green: 40.02 }, 100.02],
    [{ blue: 60, green: 60 }, 120],
    [{}, 0],
  ])('%j is refused with the status 422, and the error names the sum', (weights: Weights, sum: number) => {
    const error = errorOf(() => assertWeights(weights));
    expect(error).toBeInstanceOf(InvalidWeightsError);
    expect(error).toMatchObject({ status: 422, code: 'invalid_weights', sum: expect.closeTo(sum, 9) });
    expect(error).toHaveProperty('message', expect.stringContaining(`${sum}`));
  });

  test.each([-1, 100.5, Number.NaN, Number.POSITIVE_INFINITY])('a single weight of %d is refused by name', (weight) => {
    expect(weightsProblem({ blue: 100 - weight, green: weight })).toMatch(/"(blue|green)"/);
  });

  test('is accepted exactly when it is within the tolerance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: -300, max: 300 }), (share, off) => {
        // Hundredths of a percent, so that the expectation is not itself a matter of binary fractions.
        const rest = 10_000 - share + off;
        fc.pre(rest >= 0 && rest <= 10_000);
        const accepted = weightsProblem({ blue: share / 100, green: rest / 100 }) === undefined;
        expect(accepted).toBe(Math.abs(off) <= 1);
      }),
    );
  });
});

const shares = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.double({ min: 0, max: 1e6, noNaN: true }), { minKeys: 1 })
  .filter((weights) => sumOf(weights) > 1e-6);

describe('normalizeWeights', () => {
  test('gives weights that can be routed by, in the proportions it was given', () => {
    fc.assert(
      fc.property(shares, (weights) => {
        const normal = normalizeWeights(weights);
        expect(weightsProblem(normal)).toBeUndefined();
        expect(Object.keys(normal)).toEqual(Object.keys(weights));
        const sum = sumOf(weights);
        for (const [name, weight] of Object.entries(weights)) expect(normal[name]).toBeCloseTo((weight / sum) * 100, 9);
      }),
    );
  });

  test('changes nothing the second time', () => {
    fc.assert(
      fc.property(shares, (weights) => {
        const once = normalizeWeights(weights);
        for (const [name, weight] of Object.entries(normalizeWeights(once))) expect(weight).toBeCloseTo(once[name]!, 9);
      }),
    );
  });

  test.each([[{}], [{ blue: 0, green: 0 }], [{ blue: 3, green: -1 }], [{ blue: Number.NaN }], [{ blue: Infinity }]])(
    'refuses %j',
    (weights: Weights) => {
      expect(() => normalizeWeights(weights)).toThrow(InvalidWeightsError);
    },
  );
});

test('A single environment may have everything, and nothing more', () => {
  expect(weightsProblem({ blue: 100, green: 0 })).toBeUndefined();
  expect(weightsProblem({ blue: 100.005, green: 0 })).toContain('"blue"');
});

describe('withShare', () => {
  test('takes who is left out of the weights for somebody without any', () => {
    expect(withShare({ blue: 100 }, 'blue', 'green', 30)).toEqual({ blue: 70, green: 30 });
    expect(withShare({ green: 50 }, 'blue', 'green', 30)).toEqual({ blue: 20, green: 30 });
    expect(withShare({ blue: 50 }, 'blue', 'green', 50)).toEqual({ blue: 0, green: 50 });
    expect(withShare({ blue: 100 }, 'blue', 'constructor', 30)).toEqual({ blue: 70, constructor: 30 });
    expect(withShare({ blue: 100 }, 'blue', 'green', -5)).toEqual({ blue: 100, green: 0 });
  });

  const percent = fc.double({ min: 0, max: 100, noNaN: true });

  test('moves weight between the two that are named and touches nobody else', () => {
    fc.assert(
      fc.property(percent, percent, percent, percent, (blue, green, third, share) => {
        const before = normalizeWeights({ blue: blue + 1, green, third });
        const after = withShare(before, 'blue', 'green', share);
        expect(after['third']).toBe(before['third']);
        expect(weightsProblem(after)).toBeUndefined();
        expect(after['green']).toBeCloseTo(Math.min(share, before['blue']! + before['green']!), 9);
      }),
    );
  });

  test('leaves nothing behind when a sum above 100 was within the tolerance', () => {
    const weights = { blue: 60.01, green: 40 };
    expect(withShare(weights, 'blue', 'green', 100)).toEqual({ blue: 0, green: 100 });
    expect(withShare(weights, 'blue', 'green', 0)).toEqual({ blue: 100, green: 0 });
  });
});
