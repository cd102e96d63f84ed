import { describe, expect, test } from '@jest/globals';
import { priceOf } from './price-table.js';

const MILLION = { inputTokens: 1_000_000, outputTokens: 1_000_000, cachedInputTokens: 0 };

describe('the price of an answer', () => {
  test('follows your own table before the shipped one', () => {
    expect(priceOf({ 'gpt-4o': { input: 1, output: 2 } })('gpt-4o', MILLION)).toBe(3);
  });

  test('cached tokens have their own price, or that of input', () => {
    const usage = { inputTokens: 1_000_000, outputTokens: 0, cachedInputTokens: 400_000 };
    expect(priceOf({ m: { input: 10, output: 0, cachedInput: 1 } })('m', usage)).toBeCloseTo(6.4);
    expect(priceOf({ m: { input: 10, output: 0 } })('m', usage)).toBeCloseTo(10);
  });

  test('is never below nothing, even when a provider counts more cached tokens than tokens', () => {
    const usage = { inputTokens: 10, outputTokens: 0, cachedInputTokens: 1_000_000 };
    expect(priceOf({ m: { input: 10, output: 0, cachedInput: 0 } })('m', usage)).toBe(0);
    expect(priceOf({})('gpt-4o', usage)).toBeGreaterThanOrEqual(0);
  });

  test.each([
    ['below nothing', { ...MILLION, inputTokens: -1 }],
    ['without end', { ...MILLION, outputTokens: Infinity }],
  ])('is not known for a count %s, and asking for it breaks nothing', (_what, usage) => {
    expect(priceOf({})('gpt-4o', usage)).toBeUndefined();
    expect(priceOf({ m: { input: 1, output: 1 } })('m', usage)).toBeUndefined();
  });

  test('comes from the shipped table for models that have no price of yours', () => {
    expect(priceOf({})('gpt-4o', MILLION)).toBeGreaterThan(0);
  });

  test('in the shipped table cached tokens are cheaper', () => {
    const cached = { ...MILLION, cachedInputTokens: 1_000_000 };
    expect(priceOf({})('gpt-4o', cached)!).toBeLessThan(priceOf({})('gpt-4o', MILLION)!);
  });

  test('a model may carry its provider in front', () => {
    expect(priceOf({})('openai/gpt-4o', MILLION)).toBe(priceOf({})('gpt-4o', MILLION));
  });

  test('a model that nobody knows has no price, which is not zero', () => {
    for (const model of ['our-own-finetune', 'nobody/knows-this', '/', 'constructor']) {
      expect([model, priceOf({})(model, MILLION)]).toEqual([model, undefined]);
    }
  });
});

describe('the price of a provider', () => {
  const price = priceOf({ own: { input: 10, output: 20, tiers: { priority: 2 } } });

  test.each(['ollama', 'vllm', 'tgi', 'llama-cpp', 'lm-studio', 'groq', 'together'])(
    'is not that of somebody else with a model of this name: %s',
    (provider) => {
      expect(price('gpt-4o', MILLION, provider)).toBeUndefined();
      expect(price('gpt-4o', MILLION)).toBeGreaterThan(0);
    },
  );

  test.each(['azure-openai', 'litellm', 'holysheep'])("is the maker's where it resells: %s", (provider) => {
    expect(price('gpt-4o-audio-preview', MILLION, provider)).toBe(price('gpt-4o-audio-preview', MILLION, 'openai'));
  });

  test('depends on the service that took the request', () => {
    const usual = price('gpt-4o', MILLION, 'openai')!;
    expect(price('gpt-4o', { ...MILLION, serviceTier: 'flex' }, 'openai')).toBe(usual / 2);
    expect(price('gpt-4o', { ...MILLION, serviceTier: 'batch' }, 'openai')).toBe(usual / 2);
    expect(price('gpt-4o', { ...MILLION, serviceTier: 'priority' }, 'openai')).toBeUndefined();
    expect(price('own', { ...MILLION, serviceTier: 'priority' })).toBe(60);
    expect(price('own', { ...MILLION, serviceTier: 'flex' })).toBe(15);
  });

  test('has sound and images at prices of their own', () => {
    const heard = { inputTokens: 1_000_000, outputTokens: 0, cachedInputTokens: 0 };
    expect(price('gemini-2.5-flash', { ...heard, audioInputTokens: 1_000_000 }, 'google')).toBeCloseTo(1);
    expect(price('gemini-2.5-flash', heard, 'google')).toBeCloseTo(0.3);
    expect(price('gpt-image-1', { ...heard, imageInputTokens: 500_000 }, 'openai')).toBeCloseTo(7.5);
    const own = priceOf({ m: { input: 1, output: 2, audioInput: 5, audioOutput: 7, cacheWrite: 3 } });
    const both = { ...MILLION, audioInputTokens: 1_000_000, audioOutputTokens: 500_000 };
    expect(own('m', both)).toBeCloseTo(5 + 3.5 + 1);
    expect(own('m', { ...heard, cacheWriteTokens: 1_000_000 })).toBeCloseTo(3);
  });
});
