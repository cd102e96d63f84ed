import type { PriceOf } from '../domain/usage.js';

/** The answers and the cost of one environment's version: the input of a report. */
export interface CostFigures {
  readonly environment: string;
  readonly version: string;
  readonly model: string;
  /** Answers whose tokens were counted. */
  readonly answers: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  /** US dollars. */
  /** `null` when no answer has a known price. */
  readonly cost: number | null;
  /** Answers whose model has no known price. Their cost is missing above. */
  readonly unpriced: number;
  readonly costPer1000Requests: number | null;
  readonly costPerToken: number | null;
}

/** How often two environments gave the same answer to the same request, by the mirrors of the route. */
export interface Sameness {
  readonly environment: string | undefined;
  readonly compared: number;
  /** Share of the compared pairs below the similarity threshold; `null` without pairs. */
  readonly belowThreshold: number | null;
}

/** One environment's costs. Money in US dollars. */
interface EnvironmentCost extends CostFigures {
  /** The cost of the same traffic elsewhere: its tokens at the other model's prices. */
  readonly elsewhere: readonly {
    readonly environment: string;
    readonly version: string;
    /** `null` when the price is not known. */
    readonly cost: number | null;
    /** The saving as a share of the cost here; negative when it is more expensive. */
    readonly saving: number | null;
  }[];
}

/** The cost of a route, here and elsewhere. Of this process, since it started. */
export interface CostReport {
  readonly route: string;
  readonly environments: readonly EnvironmentCost[];
  /** The cheapest environment for the route's traffic; absent when none is cheaper than the live one. */
  readonly cheaper?:
    | {
        readonly environment: string;
        readonly version: string;
        readonly saving: number;
        /** Share of the traffic that it answers equally well, by the compared mirrors; `null` without any. */
        readonly answersAsWell: number | null;
        /** Number of pairs that were compared. */
        readonly compared: number;
      }
    | undefined;
}

/**
 * Compares what environments cost. The price of the mean answer is multiplied by the number of answers: some models
 * cost more for long requests, and a sum of tokens would look like one.
 *
 * @param active the live environment, which a cheaper one is compared with.
 */
export function costReport(
  route: string,
  active: string,
  figures: readonly CostFigures[],
  priceOf: PriceOf,
  sameness: Sameness,
  upstreams?: ReadonlyMap<string, string>,
): CostReport {
  const environments = figures.map((own) => ({
    ...own,
    elsewhere: figures.filter((other) => other !== own).map((other) => elsewhere(own, other, { priceOf, upstreams })),
  }));
  const live = environments.find(({ environment }) => environment === active);
  const cheapest = live?.elsewhere.reduce<Elsewhere | undefined>(
    (best, next) => ((next.saving ?? 0) > (best?.saving ?? 0) ? next : best),
    undefined,
  );
  if (!cheapest) return { route, environments };
  const { environment, version, saving } = cheapest;
  const compared = sameness.environment === environment ? sameness.compared : 0;
  const answersAsWell = compared === 0 || sameness.belowThreshold === null ? null : 1 - sameness.belowThreshold;
  return { route, environments, cheaper: { environment, version, saving: saving!, answersAsWell, compared } };
}

type Elsewhere = EnvironmentCost['elsewhere'][number];

/** Prices, and the upstream of each environment. */
interface Prices {
  readonly priceOf: PriceOf;
  readonly upstreams: ReadonlyMap<string, string> | undefined;
}

function elsewhere(own: CostFigures, { environment, version, model }: CostFigures, prices: Prices): Elsewhere {
  const here = priced(own, own, prices);
  const cost = priced(own, { environment, model }, prices);
  const saving = here === null || cost === null || here === 0 ? null : 1 - cost / here;
  return { environment, version, cost, saving };
}

function priced(
  { answers, inputTokens, cachedInputTokens, outputTokens }: CostFigures,
  { environment, model }: Pick<CostFigures, 'environment' | 'model'>,
  { priceOf, upstreams }: Prices,
) {
  if (answers === 0) return 0;
  const mean = {
    inputTokens: inputTokens / answers,
    cachedInputTokens: cachedInputTokens / answers,
    outputTokens: outputTokens / answers,
  };
  const cost = priceOf(model, mean, upstreams?.get(environment));
  return cost === undefined ? null : cost * answers;
}
