import type { BlueGreenExtras } from './blue-green.module-definition.js';
import type { BlueGreenOptions } from './options/blue-green-options.js';

/** The class that `forRootAsync({ useClass })` and `useExisting` ask for the options. */
export interface BlueGreenOptionsFactory {
  createBlueGreenOptions(): BlueGreenOptions | Promise<BlueGreenOptions>;
}

/**
 * Gives options the types that the module takes, where they stand in a variable: TypeScript would widen
 * `kind: 'latency'` to any text.
 *
 * @example
 * ```ts
 * const apiKey = process.env['OPENAI_API_KEY']!;
 * const options = defineBlueGreen({
 *   environments: {
 *     blue: { model: 'gpt-4o', provider: 'openai', apiKey, weight: 100 },
 *     green: { model: 'gpt-4.1', provider: 'openai', apiKey },
 *   },
 *   rollout: { gates: [{ kind: 'latency', quantile: 0.95, tolerance: 0.2 }] },
 * });
 * BlueGreenModule.forRoot(options);
 * ```
 */
export function defineBlueGreen<Options extends BlueGreenOptions & BlueGreenExtras>(options: Options): Options {
  return options;
}
