import type { FailureRun, RunUnits } from '../domain/failure-run.js';
import { count } from './count.js';
import type { Observation, Placement } from './observation.js';

/** The part of a call that tells its unit. */
type Caller = Pick<Placement, 'environment' | 'unit' | 'accessKey'>;
/** The part of a call that has ended from which it is known whom else it reached. */
export type EndedCall = Caller & Pick<Observation, 'answeredBy' | 'callerOutcome' | 'attempts' | 'retries'>;

/** Units of a run that are told apart. No run needs more to revert. */
const MAX_UNITS = 1_024;

/** Failures of one environment in a row, by unit; and what the other environments did meanwhile. */
export class CurrentRun {
  /** Access keys in the order of their first failure. */
  readonly #keys = new Map<number, number>();
  readonly #failed = new DistinctUnits(this.#keys);
  readonly #answered = new Map<string, DistinctUnits>();
  readonly #unanswered = new DistinctUnits(this.#keys);
  readonly #unasked = new DistinctUnits(this.#keys);
  readonly #beside = new Map<string, Beside>();

  /** One of its calls has failed. */
  fails(caller: Caller): void {
    this.#failed.add(caller);
  }

  /** A call that has failed has ended: by now it is known whether another environment answered. */
  ends(call: EndedCall): void {
    const { answeredBy, environment, callerOutcome } = call;
    const isRescued = answeredBy !== undefined && answeredBy.environment !== environment;
    if (isRescued) {
      of(this.#answered, answeredBy.environment, () => new DistinctUnits(this.#keys)).add(call);
      this.#unasked.remove(call);
    } else if (callerOutcome !== 'ok') {
      if (othersAsked(call) > 0) this.#unanswered.add(call);
      else if (![...this.#answered.values()].some((units) => units.has(call))) this.#unasked.add(call);
    }
  }

  /** A call of another environment has a verdict. */
  sees(caller: Caller, isFailure: boolean): void {
    const beside = of(this.#beside, caller.environment, () => ({ units: new DistinctUnits(new Map()), failed: 0 }));
    if (beside.units.add(caller) && isFailure) beside.failed++;
  }

  get isEmpty(): boolean {
    return this.#failed.size === 0;
  }

  /** @param isOneKey all calls of the route use the same access key: it tells nobody apart. */
  read(isOneKey: boolean): FailureRun {
    const answered = [...this.#answered].map(([name, units]) => [name, units.read(isOneKey)] as const);
    const beside = [...this.#beside].map(([name, { units, failed }]) => [name, { failed, total: units.size }] as const);
    return {
      failures: this.#failed.size,
      answered: Object.fromEntries(answered),
      unanswered: this.#unanswered.size,
      unasked: this.#unasked.read(isOneKey),
      beside: Object.fromEntries(beside),
    };
  }
}

interface Beside {
  readonly units: DistinctUnits;
  /** Units whose first call failed. */
  failed: number;
}

function of<Key, Value>(by: Map<Key, Value>, name: Key, make: () => Value): Value {
  const known = by.get(name);
  if (known !== undefined) return known;
  const made = make();
  by.set(name, made);
  return made;
}

class DistinctUnits {
  readonly #known = new Set<number>();
  readonly #byKey = new Map<number, number>();
  size = 0;

  /** @param keys numbers of the access keys of the run. */
  constructor(private readonly keys: Map<number, number>) {}

  has({ unit }: Caller): boolean {
    return unit !== undefined && this.#known.has(unit);
  }

  /** Whether it is a new one. */
  add({ unit, accessKey }: Caller): boolean {
    if (this.size === MAX_UNITS) return false;
    if (unit !== undefined) {
      if (this.#known.has(unit)) return false;
      this.#known.add(unit);
    }
    this.size++;
    if (accessKey === undefined) return true;
    const key = of(this.keys, accessKey, () => this.keys.size);
    count(this.#byKey, key);
    return true;
  }

  remove({ unit, accessKey }: Caller): void {
    if (unit === undefined || !this.#known.delete(unit)) return;
    this.size--;
    const key = accessKey === undefined ? undefined : this.keys.get(accessKey);
    if (key !== undefined) count(this.#byKey, key, -1);
  }

  read(isOneKey: boolean): RunUnits {
    if (isOneKey) return { byKey: [], withoutKey: this.size };
    const byKey = Array.from(this.keys, ([, key]) => this.#byKey.get(key) ?? 0);
    return { byKey, withoutKey: this.size - byKey.reduce((sum, units) => sum + units, 0) };
  }
}

/** Attempts on other environments than the assigned one. */
export function othersAsked({ attempts, retries = 0 }: Pick<Observation, 'attempts' | 'retries'>): number {
  return attempts - retries - 1;
}
