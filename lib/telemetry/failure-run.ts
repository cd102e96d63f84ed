import { countsAgainstArm } from '../domain/outcome.js';
import type { Observation } from './observation.js';

/** What a run of failures has come to. Names are those of the route's environments: bounded by the configuration. */
export interface FailureRunFigures {
  readonly failures: number;
  /** Failures of the other environments meanwhile, by their names. */
  readonly beside: Readonly<Record<string, number>>;
  /** Calls of the run that have ended, and that others were asked for. */
  readonly asked: number;
  /** Who has answered them, and how many. */
  readonly answered: Readonly<Record<string, number>>;
  /** Calls of the run that failed for good, with nobody else left to ask. */
  readonly alone: number;
}

/** Failures of one environment in a row, and how the others do meanwhile. */
export class FailureRun {
  failures = 0;
  #asked = 0;
  #alone = 0;
  readonly #beside = new Map<string, number>();
  readonly #answered = new Map<string, number>();

  seesFailureOf(environment: string): void {
    count(this.#beside, environment);
  }

  /** One of its calls has ended. */
  ends(observation: Observation): void {
    const { answeredBy, outcome, callerOutcome } = observation;
    if (!countsAgainstArm(outcome)) return;
    if (othersAsked(observation) > 0) {
      this.#asked++;
      if (answeredBy) count(this.#answered, answeredBy.environment);
    } else if (countsAgainstArm(callerOutcome)) this.#alone++;
  }

  read(): FailureRunFigures {
    const [beside, answered] = [Object.fromEntries(this.#beside), Object.fromEntries(this.#answered)];
    return { failures: this.failures, beside, asked: this.#asked, answered, alone: this.#alone };
  }
}

function count(counts: Map<string, number>, environment: string): void {
  counts.set(environment, (counts.get(environment) ?? 0) + 1);
}

/** How many other environments were asked for the answer. */
export function othersAsked({ attempts, retries = 0 }: Observation): number {
  return attempts - retries - 1;
}
