import type { PriceOf } from '../domain/usage.js';
import type { BlueGreenConfig } from './config.js';

const ONE_TOKEN = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 };

/** Limits on the cost of a request that cannot be applied, as sentences for the log. */
export function unpricedLimits({ routes }: BlueGreenConfig, priceOf: PriceOf): string[] {
  return [...routes.values()].flatMap(({ definition: { alias, environments } }) =>
    Object.entries(environments)
      .filter(
        ([, { version }]) =>
          version.costLimitPerRequest !== undefined && priceOf(version.model, ONE_TOKEN) === undefined,
      )
      .map(
        ([name, { version }]) =>
          `Route "${alias}": costLimitPerRequest of "${name}" has no effect, the price of "${version.model}" is not ` +
          `known. Add it to "prices".`,
      ),
  );
}
