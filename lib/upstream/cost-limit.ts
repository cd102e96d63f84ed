import type { PriceOf } from '../domain/usage.js';
import type { Version } from '../domain/version.js';
import type { Dialect, JsonObject } from './dialects/dialect.js';
import { estimateTokens } from './estimate-tokens.js';
import { numberAt } from './json.js';
import { UpstreamFailure } from './upstream-failure.js';

/**
 * Refuses a request that would cost more than the version allows: its text at four characters a token, and all of
 * the output that it allows itself. Without a known price there is nothing to compare.
 *
 * @throws {UpstreamFailure} `budget`.
 */
export function assertAffordable(version: Version, dialect: Dialect, body: JsonObject, priceOf: PriceOf): void {
  const { costLimitPerRequest: limit, model } = version;
  if (limit === undefined) return;
  const outputTokens = dialect.limitFields.map((field) => numberAt(body, field)).find((tokens) => tokens !== undefined);
  const answers = Math.max(1, numberAt(body, 'n') ?? 1);
  const cost = priceOf(model, {
    inputTokens: estimateTokens(body),
    outputTokens: (outputTokens ?? 0) * answers,
    cachedInputTokens: 0,
  });
  if (cost === undefined || cost <= limit) return;
  throw new UpstreamFailure(
    'budget',
    `the request may cost $${cost.toPrecision(3)}, and costLimitPerRequest is $${limit}; it was not sent`,
  );
}
