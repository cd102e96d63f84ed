import type { PriceOf } from '../domain/usage.js';
import type { Version } from '../domain/version.js';
import type { Dialect, JsonObject } from './dialects/dialect.js';
import { likelyUsage } from './estimate-usage.js';
import { UpstreamFailure } from './upstream-failure.js';

/**
 * Refuses a request that would cost more than the version allows, counting four characters of text as a token and all
 * of the output that the request allows. Without a known price there is nothing to compare.
 *
 * @throws {UpstreamFailure} `budget`.
 */
export function assertAffordable(version: Version, dialect: Dialect, body: JsonObject, priceOf: PriceOf): void {
  const { costLimitPerRequest: limit, model } = version;
  if (limit === undefined) return;
  const cost = priceOf(model, likelyUsage(body, dialect));
  if (cost === undefined || cost <= limit) return;
  throw new UpstreamFailure(
    'budget',
    `the request may cost $${cost.toPrecision(3)}, and costLimitPerRequest is $${limit}; it was not sent`,
  );
}
