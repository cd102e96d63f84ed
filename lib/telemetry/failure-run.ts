import { countsAgainstArm } from '../domain/outcome.js';
import type { Observation } from './observation.js';

/** What a run of failures has come to. Names are those of the route's environments: bounded by the configuration. */
export interface FailureRunFigures {
  readonly failures: number;
  /** Failures of the other environments meanwhile, by their names. */
  readonly beside: Readonly<Record<string, number>>;
  /** Who has answered in its place meanwhile. */
  readonly rescuedBy: readonly string[];
  /** Calls of the run that failed for good, with nobody else left to ask. */
  readonly alone: number;
}

/** Failures of one environment in a row, and how the others do meanwhile. */
export class FailureRun {
  failures = 0;
  #alone = 0;
  readonly #beside = new Map<string, number>();
  readonly #rescuers = new Set<string>();

  seesFailureOf(environment: string): void {
    this.#beside.set(environment, (this.#beside.get(environment) ?? 0) + 1);
  }

  /** One of its calls has ended. */
  ends(observation: Observation): void {
    const { environment, answeredBy, outcome, callerOutcome } = observation;
    if (!countsAgainstArm(outcome)) return;
    if (answeredBy && answeredBy.environment !== environment) this.#rescuers.add(answeredBy.environment);
    else if (countsAgainstArm(callerOutcome) && othersAsked(observation) === 0) this.#alone++;
  }

  read(): FailureRunFigures {
    const [beside, rescuedBy] = [Object.fromEntries(this.#beside), [...this.#rescuers]];
    return { failures: this.failures, beside, rescuedBy, alone: this.#alone };
  }
}

/** How many other environments were asked for the answer. */
export function othersAsked({ attempts, retries = 0 }: Observation): number {
  return attempts - retries - 1;
}
