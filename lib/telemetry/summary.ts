import type { Distribution, ArmFigures } from '../domain/figures.js';
import type { Outcome } from '../domain/outcome.js';

/** Figures of one environment over some stretch of time. Times in milliseconds, money in US dollars. */
export interface Summary extends ArmFigures {
  readonly requests: number;
  /** Those of them that it got against the weights: only it can read what their conversations hold. */
  readonly bound: number;
  readonly errors: number;
  readonly errorsByClass: Readonly<Partial<Record<Outcome, number>>>;
  /** Answers whose tokens were counted. */
  readonly answers: number;
  /** All of them, the cached ones included. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  /** `null` when no answer has a known price. */
  readonly cost: number | null;
  /** Answers whose model has no known price; their cost is missing above. */
  readonly unpriced: number;
  /** Answers by a model that is not the one configured. */
  readonly modelDrift: number;
  /** Over the answers that have a price, as is the next one. */
  readonly costPerToken: number | null;
  readonly costPer1000Requests: number | null;
}

/** The sums that a summary is made of. */
export interface SummedFigures extends Pick<
  Summary,
  | 'requests'
  | 'bound'
  | 'judged'
  | 'errors'
  | 'answers'
  | 'inputTokens'
  | 'cachedInputTokens'
  | 'outputTokens'
  | 'unpriced'
  | 'modelDrift'
> {
  /** Of the answers that have a price. */
  readonly cost: number;
  readonly pricedTokens: number;
}

export function summaryOf(
  sums: SummedFigures,
  byClass: ReadonlyMap<Outcome, number>,
  times: { readonly latency: Distribution; readonly timeToFirstToken: Distribution },
): Summary {
  const { requests, bound, judged, errors, answers, inputTokens, cachedInputTokens, outputTokens, cost } = sums;
  const { unpriced, modelDrift, pricedTokens } = sums;
  return {
    requests,
    bound,
    judged,
    errors,
    errorsByClass: Object.fromEntries(byClass),
    errorRate: ratio(errors, judged),
    ...times,
    answers,
    inputTokens,
    cachedInputTokens,
    outputTokens,
    cost: unpriced > 0 && unpriced === answers ? null : cost,
    unpriced,
    modelDrift,
    costPerToken: ratio(cost, pricedTokens),
    costPer1000Requests: ratio(cost * 1000, answers - unpriced),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
