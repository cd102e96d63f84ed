import type { BlueGreenOptions } from '../../lib/options/blue-green-options.js';

/** An environment that nothing is wrong with. */
export const environment = (weight = 0, rest: object = {}) => ({
  model: 'gpt-4o',
  baseUrl: 'https://api.example.com/v1',
  apiKey: 'provider-key',
  weight,
  ...rest,
});

export const pair = { blue: environment(100), green: environment(0) };

/** Options as a careless person or a script writes them: the types have not seen them. */
export function untyped(options: unknown): BlueGreenOptions {
  return options as BlueGreenOptions;
}
