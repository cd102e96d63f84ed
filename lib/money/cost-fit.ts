import type { PriceOf } from '../domain/usage.js';
import { numberAt } from '../kit/json.js';
import type { VersionTemplate } from '../domain/version.js';
import { LIMIT_FIELDS } from '../upstream/prepared-body.js';

/** An answer is cut to no less than this part of the `max_tokens` that its version asks for. */
const LEAST_PART = 1 / 4;

/** Characters a token, as for every estimate of a cost limit. */
const CHARS = 4;

/** How the output that a version allows itself fits its cost limit. */
export interface CostFit {
  /** The parameter, as the version spells it. */
  readonly field: string;
  readonly wanted: number;
  /** Output tokens that the limit covers after the shortest prompt. */
  readonly fits: number;
  /** US dollars for the shortest prompt and all of the output. */
  readonly cost: number;
  readonly limit: number;
  /** Not even the least part of it fits. */
  readonly never: boolean;
}

/**
 * Whether a version's own limit on tokens fits its limit on cost. The shortest prompt is the version's own system
 * prompt and one token. `undefined` where it fits, and where there is nothing to compare.
 */
export function costFit(
  { model, costLimitPerRequest: limit, parameters, systemPrompt }: VersionTemplate,
  priceOf: PriceOf,
): CostFit | undefined {
  const values = parameters?.values ?? {};
  const field = Object.keys(values).findLast((name) => LIMIT_FIELDS.has(name));
  const wanted = field === undefined ? undefined : numberAt(values, field);
  if (limit === undefined || field === undefined || wanted === undefined) return undefined;
  const inputTokens = Math.ceil((systemPrompt?.text.length ?? 0) / CHARS) + 1;
  const answers = Math.max(1, numberAt(values, 'n') ?? 1);
  const costs = (tokens: number): number | undefined =>
    priceOf(model, { inputTokens, outputTokens: tokens * answers, cachedInputTokens: 0 });
  const cost = costs(wanted);
  if (cost === undefined || cost <= limit) return undefined;
  const fits = mostTokens(wanted, (tokens) => (costs(tokens) ?? 0) <= limit) ?? 0;
  return { field, wanted, fits, cost, limit, never: fits < leastOf(wanted) };
}

/** The tokens of an answer that is still worth sending. */
export function leastOf(wanted: number): number {
  return Math.max(1, Math.ceil(wanted * LEAST_PART));
}

/** The highest number of tokens, below `wanted`, that fits. @returns `undefined` if not even one does. */
export function mostTokens(wanted: number, fits: (tokens: number) => boolean): number | undefined {
  if (!fits(1)) return undefined;
  let [low, high] = [1, Math.ceil(wanted)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The same in words, for the author of the version. */
export function fitInWords({ field, wanted, fits, cost, limit, never }: CostFit): string {
  const much = `${field} ${wanted} may cost $${cost.toPrecision(3)}, and its limit is $${limit} for a request`;
  return never
    ? `${much}: it can never fit, as that covers ${fits} tokens, less than a quarter`
    : `${much}: answers get what fits, ${fits} tokens at most, fewer after a long prompt`;
}

/** For those who register versions. */
export function costSense(priceOf: PriceOf) {
  return {
    problem: (version: VersionTemplate) => {
      const fit = costFit(version, priceOf);
      if (!fit?.never) return undefined;
      return {
        path: `parameters.${fit.field}`,
        value: String(fit.wanted),
        message: `does not fit the cost limit: ${fitInWords(fit)}`,
        remedy: `Lower it, or raise the cost limit of the version to $${fit.cost.toPrecision(3)}.`,
      };
    },
    warnings: (version: VersionTemplate) => {
      const fit = costFit(version, priceOf);
      return fit ? [`${fitInWords(fit)}.`] : [];
    },
  };
}
