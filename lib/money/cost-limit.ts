import type { RouteDefinition } from '../domain/route-commands.js';
import type { PriceOf } from '../domain/usage.js';
import { type JsonObject, numberAt } from '../kit/json.js';
import { likelyUsage } from '../upstream/estimate-usage.js';
import { ownLimitField } from '../upstream/prepared-body.js';
import type { CostCheck } from '../upstream/prepared-call.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import { costFit, fitInWords, leastOf, mostTokens } from './cost-fit.js';

/**
 * Refuses a request that would cost more than the version allows: its text at four characters a token, and all of the
 * output that it allows itself. Output that only the version asked for is cut to what fits, down to a quarter. Without
 * a known price there is nothing to compare.
 */
export function costCheck(priceOf: PriceOf): CostCheck {
  return (version, dialect, body, asked) => {
    const { costLimitPerRequest: limit, model, upstream } = version;
    if (limit === undefined) return body;
    const costOf = (part: JsonObject): number | undefined => priceOf(model, likelyUsage(part, dialect), upstream);
    const cost = costOf(body);
    if (cost === undefined || cost <= limit) return body;
    const field = ownLimitField(asked, body, version, dialect);
    const wanted = field === undefined ? undefined : numberAt(body, field);
    if (field !== undefined && wanted !== undefined) {
      const most = mostTokens(wanted, (tokens) => (costOf({ ...body, [field]: tokens }) ?? 0) <= limit);
      if (most !== undefined && most >= leastOf(wanted)) return { ...body, [field]: most };
    }
    throw new UpstreamFailure(
      'budget',
      `the request may cost $${cost.toPrecision(3)}, and costLimitPerRequest is $${limit}; it was not sent`,
    );
  };
}

const ONE_TOKEN = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0 };

/** Versions whose own limit on tokens does not fit their limit on cost, as sentences for the log. */
export function tightLimits(routes: readonly RouteDefinition[], priceOf: PriceOf): string[] {
  return routes.flatMap(({ alias, environments }) =>
    Object.entries(environments).flatMap(([name, { version }]) => {
      const fit = costFit(version, priceOf);
      return fit ? [`Route "${alias}": in "${name}", ${fitInWords(fit)}.`] : [];
    }),
  );
}

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
