import { expect, test } from '@jest/globals';
import { parseOptions } from './parse-options.js';
import { unpricedLimits } from './unpriced-limits.js';

const environment = { baseUrl: 'https://relay.example/v1', apiKey: 'key' };

test('names every limit whose model has no price, and no other', () => {
  const config = parseOptions({
    environments: {
      blue: { ...environment, model: 'known', costLimitPerRequest: 1, weight: 100 },
      green: { ...environment, model: 'unknown', costLimitPerRequest: 1 },
      fallback: { ...environment, model: 'unknown' },
    },
  });
  expect(unpricedLimits(config, (model) => (model === 'known' ? 0 : undefined))).toEqual([
    expect.stringMatching(/costLimitPerRequest of "green" has no effect, the price of "unknown" is not known/),
  ]);
});
