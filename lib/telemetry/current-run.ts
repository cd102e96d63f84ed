import type { FailureRun } from '../domain/failure-run.js';
import { countsAgainstArm } from '../domain/outcome.js';
import { count } from './count.js';
import type { Observation } from './observation.js';

/** Failures of one environment in a row, and the calls of the others since the run began. */
export class CurrentRun {
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

  read(): FailureRun {
    const [beside, answered] = [Object.fromEntries(this.#beside), Object.fromEntries(this.#answered)];
    return { failures: this.failures, beside, asked: this.#asked, answered, alone: this.#alone };
  }
}

/** Attempts on other environments than the assigned one. */
export function othersAsked({ attempts, retries = 0 }: Observation): number {
  return attempts - retries - 1;
}
