import { hasVerdict, type Outcome } from '../domain/outcome.js';
import { count } from '../telemetry/count.js';
import type { Observation } from '../telemetry/observation.js';
import { BucketSums } from './bucket-sums.js';

/** Seconds. They include the usual limits of gates: 0.2, 2, 3. */
const DURATIONS = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300, 600];
const FIRST_TOKENS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 13, 20];

/** Figures of one environment since this process started. */
export class EnvironmentFigures {
  /** Requests that were assigned to it, by outcome. */
  readonly outcomes = new Map<Outcome, number>();
  /** Answers of other environments in its place, by environment. */
  readonly fallbacks = new Map<string, number>();
  /** Seconds. Requests with a verdict only, as in all other figures. */
  readonly duration = new BucketSums(DURATIONS);
  readonly firstToken = new BucketSums(FIRST_TOKENS);
  retries = 0;
  bound = 0;
  /** From here on: figures of its own answers. */
  inputTokens = 0;
  cachedInputTokens = 0;
  outputTokens = 0;
  /** US dollars. */
  cost = 0;
  priced = 0;
  unpriced = 0;
  modelDrift = 0;
}

/** The environments of one route, and the outcomes for its callers. */
export class RouteFigures {
  readonly responses = new Map<Outcome, number>();
  readonly environments = new Map<string, EnvironmentFigures>();

  of(environment: string): EnvironmentFigures {
    let figures = this.environments.get(environment);
    if (!figures) this.environments.set(environment, (figures = new EnvironmentFigures()));
    return figures;
  }
}

/**
 * Sums over all requests of this process: counters never go back. Fed by observations; a request costs a few additions.
 * The configured routes and environments bound its size.
 */
export class RequestFigures {
  readonly routes = new Map<string, RouteFigures>();

  see(observation: Observation): void {
    const { route, environment, outcome, callerOutcome, answeredBy, latency, timeToFirstToken } = observation;
    const ofRoute = this.#route(route);
    count(ofRoute.responses, callerOutcome);
    const assigned = ofRoute.of(environment);
    count(assigned.outcomes, outcome);
    assigned.retries += observation.retries ?? 0;
    if (observation.bound) assigned.bound++;
    if (hasVerdict(outcome)) {
      assigned.duration.add(latency / 1000);
      if (timeToFirstToken !== undefined) assigned.firstToken.add(timeToFirstToken / 1000);
    }
    if (!answeredBy) return;
    if (answeredBy.environment !== environment) count(assigned.fallbacks, answeredBy.environment);
    addAnswer(ofRoute.of(answeredBy.environment), observation);
  }

  #route(alias: string): RouteFigures {
    let figures = this.routes.get(alias);
    if (!figures) this.routes.set(alias, (figures = new RouteFigures()));
    return figures;
  }
}

function addAnswer(figures: EnvironmentFigures, { usage, cost, modelDrift }: Observation): void {
  if (modelDrift) figures.modelDrift++;
  if (!usage) return;
  figures.inputTokens += usage.inputTokens;
  figures.cachedInputTokens += usage.cachedInputTokens;
  figures.outputTokens += usage.outputTokens;
  if (cost === undefined) figures.unpriced++;
  else {
    figures.priced++;
    figures.cost += cost;
  }
}
