import { isFault } from '../domain/arbitration.js';
import type { FailureRun } from '../domain/failure-run.js';
import { CurrentRun, type EndedCall } from './current-run.js';
import type { Verdict } from './observation.js';

/** Calls of an environment that are remembered, for runs of others that begin right after them. */
const MOST_LATEST = 30;
/** Older ones say nothing of now. Milliseconds. */
const LATELY = 60_000;

/** The part of a verdict that a run goes by. */
export type RunVerdict = Pick<Verdict, 'environment' | 'unit' | 'accessKey' | 'at' | 'outcome' | 'arbitration'>;

/** The runs of failures that the environments of a route are in. Bounded by the configuration. */
export class FailureRuns {
  readonly #of = new Map<string, Environment>();

  /** An outcome that says something about its environment. */
  charge(verdict: RunVerdict): void {
    const isFailure = isFault(verdict);
    const own = this.#at(verdict.environment);
    if (isFailure && own.run.isEmpty) own.run = this.#begun(verdict);
    if (isFailure) own.run.fails(verdict);
    else if (!own.run.isEmpty) own.run = new CurrentRun();
    own.latest[own.next] = verdict;
    own.next = (own.next + 1) % MOST_LATEST;
    for (const other of this.#of.values()) {
      if (other !== own && !other.run.isEmpty) other.run.sees(verdict, isFailure);
    }
  }

  /** A call that has failed has ended. */
  ends(call: EndedCall): void {
    this.#at(call.environment).run.ends(call);
  }

  /** @param isOneKey all calls of the route use the same access key: it tells nobody apart. */
  read(environment: string, isOneKey: boolean): FailureRun {
    return (this.#of.get(environment)?.run ?? new CurrentRun()).read(isOneKey);
  }

  /** A run that knows what the other environments have just done. */
  #begun({ environment, at }: RunVerdict): CurrentRun {
    const run = new CurrentRun();
    for (const [name, { latest }] of this.#of) {
      if (name === environment) continue;
      for (const verdict of latest) if (at - verdict.at <= LATELY) run.sees(verdict, isFault(verdict));
    }
    return run;
  }

  #at(name: string): Environment {
    let known = this.#of.get(name);
    if (!known) this.#of.set(name, (known = { run: new CurrentRun(), latest: [], next: 0 }));
    return known;
  }
}

interface Environment {
  run: CurrentRun;
  /** In a ring. */
  readonly latest: RunVerdict[];
  next: number;
}
