import type { RouteDefinition } from '../domain/route-commands.js';
import type { PriceOf } from '../domain/usage.js';
import { likelyUsage } from '../upstream/estimate-usage.js';
import type { CostCheck } from '../upstream/prepared-call.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';

/**
 * Refuses a request that would cost more than the version allows: its text at four characters a token, and all of the
 * output that it allows itself. Without a known price there is nothing to compare.
 */
export function costCheck(priceOf: PriceOf): CostCheck {
  return ({ costLimitPerRequest: limit, model, upstream }, dialect, body) => {
    if (limit === undefined) return;
    const cost = priceOf(model, likelyUsage(body, dialect), upstream);
    if (cost === undefined || cost <= limit) return;
    throw new UpstreamFailure(
      'budget',
      `the request may cost $${cost.toPrecision(3)}, and costLimitPerRequest is $${limit}; it was not sent`,
    );
  };
}

const ONE_TOKEN = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 };

/** Limits on the cost of a request that have no effect, as sentences for the log. */
export function unpricedLimits(routes: readonly RouteDefinition[], priceOf: PriceOf): string[] {
  return routes.flatMap(({ alias, environments }) =>
    Object.entries(environments)
      .filter(([, { version }]) => version.costLimitPerRequest !== undefined)
      .filter(([, { version }]) => priceOf(version.model, ONE_TOKEN, version.upstream) === undefined)
      .map(
        ([name, { version }]) =>
          `Route "${alias}": costLimitPerRequest of "${name}" has no effect, the price of "${version.model}" is not ` +
          `known. Add it to "prices".`,
      ),
  );
}
