import { describe, expect, test } from '@jest/globals';
import type { PriceOf } from '../domain/usage.js';
import { costFit, costSense, mostTokens } from './cost-fit.js';

/** $1 a token of input, $1 a token of output. */
const priceOf: PriceOf = (model, { inputTokens, outputTokens }) =>
  model === 'unpriced' ? undefined : inputTokens + outputTokens;

const version = (max_tokens: number | undefined, limit: number | undefined, more: object = {}) => ({
  tag: 'v1',
  model: 'm',
  costLimitPerRequest: limit,
  parameters: { values: { ...(max_tokens !== undefined && { max_tokens }), ...more }, mode: 'override' as const },
});

describe('A version', () => {
  test.each([
    ['fits exactly', version(100, 101)],
    ['sets no limit on cost', version(100, undefined)],
    ['sets no limit on tokens', version(undefined, 10)],
    ['has a model without a price', { ...version(100, 10), model: 'unpriced' }],
  ])('that %s is fine', (_, plain) => {
    expect(costFit(plain, priceOf)).toBeUndefined();
    expect(costSense(priceOf).warnings(plain)).toEqual([]);
  });

  test.each([
    [101, { fits: 99, never: false }],
    [26, { fits: 25, never: false }],
    [25, { fits: 24, never: true }],
    [1, { fits: 0, never: true }],
  ])('with 100 tokens at a dollar each and a limit of $%d', (limit, expected) => {
    expect(costFit(version(100, limit === 101 ? 100 : limit), priceOf)).toMatchObject(expected);
  });

  test('pays for its own system prompt and for each of several answers first', () => {
    const more = { ...version(100, 60, { n: 2 }), systemPrompt: { text: 'x'.repeat(76), mode: 'replace' as const } };
    expect(costFit(more, priceOf)).toMatchObject({
      field: 'max_tokens',
      wanted: 100,
      fits: 20,
      cost: 220,
      never: true,
    });
  });

  test('is refused or warned of in words that name both limits', () => {
    const { problem, warnings } = costSense(priceOf);
    expect(problem(version(100, 50))).toBeUndefined();
    expect(warnings(version(100, 50))).toEqual([
      'max_tokens 100 may cost $101, and its limit is $50 for a request: answers get what fits, 49 tokens at most, ' +
        'fewer after a long prompt.',
    ]);
    expect(problem(version(100, 10))).toEqual({
      path: 'parameters.max_tokens',
      value: '100',
      message: expect.stringContaining('it can never fit, as that covers 9 tokens, less than a quarter'),
      remedy: 'Lower it, or raise the cost limit of the version to $101.',
    });
  });
});

test('The most tokens that fit are found without trying each', () => {
  let tries = 0;
  const most = mostTokens(1_000_000, (tokens) => {
    tries++;
    return tokens <= 123_456;
  });
  expect([most, tries < 25]).toEqual([123_456, true]);
  expect(mostTokens(10, () => false)).toBeUndefined();
});
