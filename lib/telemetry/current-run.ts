import type { FailureRun, RunUnits } from '../domain/failure-run.js';
import { count } from './count.js';
import type { Observation, Placement } from './observation.js';

/** Units of a run that are told apart. No run needs more to revert. */
const MAX_UNITS = 1_024;

/** Failures of one environment in a row, by unit. */
export class CurrentRun {
  readonly #failed = new DistinctUnits();
  readonly #answered = new Map<string, DistinctUnits>();
  readonly #unasked = new DistinctUnits();

  /** One of its calls has failed. */
  fails(placement: Placement): void {
    this.#failed.add(placement);
  }

  /** A call that has failed has ended: by now it is known whether another environment answered. */
  ends(observation: Observation): void {
    const { answeredBy, environment, callerOutcome } = observation;
    const isRescued = answeredBy !== undefined && answeredBy.environment !== environment;
    if (isRescued) this.#by(answeredBy.environment).add(observation);
    else if (othersAsked(observation) === 0 && callerOutcome !== 'ok') this.#unasked.add(observation);
  }

  get isEmpty(): boolean {
    return this.#failed.size === 0;
  }

  /** @param isOneKey all calls of the route use the same access key: it tells nobody apart. */
  read(isOneKey: boolean): FailureRun {
    const answered = [...this.#answered].map(([name, units]) => [name, units.read(isOneKey)] as const);
    return {
      failures: this.#failed.size,
      answered: Object.fromEntries(answered),
      unasked: this.#unasked.read(isOneKey),
    };
  }

  #by(environment: string): DistinctUnits {
    let units = this.#answered.get(environment);
    if (!units) this.#answered.set(environment, (units = new DistinctUnits()));
    return units;
  }
}

class DistinctUnits {
  readonly #known = new Set<number>();
  readonly #byKey = new Map<number, number>();
  size = 0;

  add({ unit, accessKey }: Placement): void {
    if (this.size === MAX_UNITS) return;
    if (unit !== undefined) {
      if (this.#known.has(unit)) return;
      this.#known.add(unit);
    }
    this.size++;
    if (accessKey !== undefined) count(this.#byKey, accessKey);
  }

  read(isOneKey: boolean): RunUnits {
    if (isOneKey) return { byKey: [], withoutKey: this.size };
    const byKey = [...this.#byKey.values()];
    return { byKey, withoutKey: this.size - byKey.reduce((sum, units) => sum + units, 0) };
  }
}

/** Attempts on other environments than the assigned one. */
export function othersAsked({ attempts, retries = 0 }: Observation): number {
  return attempts - retries - 1;
}
