import { Subject, type Observable } from 'rxjs';
import { isFault, isJudged } from '../domain/arbitration.js';
import type { Clock } from '../kit/clock.js';
import { Trouble } from '../kit/trouble.js';
import type { Verdict } from './observation.js';

/** Failed requests in a row, and milliseconds without a success, after which the live environment is out. */
const FAILURES = 5;
const SILENCE = 2_000;

/** The live environment of a route answers nobody, or answers again. */
export interface OutageNotice {
  readonly kind: 'begun' | 'over';
  readonly route: string;
  readonly environment: string;
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  /** Requests that have failed since the last success, and the class of the last one. */
  readonly failures: number;
  readonly failure: string;
  /** Milliseconds since the first of them. */
  readonly lasted: number;
}

/** Failures of one environment since its last success. */
interface Spell {
  readonly environment: string;
  /** By the clock of durations. */
  readonly since: number;
  failures: number;
  failure: string;
}

/** Notices that the live environment of a route answers nobody. Sees the calls of this process alone. */
export class Outages {
  /** By route: bounded by the configuration. */
  readonly #spells = new Map<string, Spell>();
  readonly #troubles = new Map<string, Trouble>();
  readonly #timers = new Map<string, () => void>();
  readonly #notices = new Subject<OutageNotice>();

  constructor(
    private readonly isLive: (route: string, environment: string) => boolean,
    private readonly clock: Clock,
  ) {}

  get notices$(): Observable<OutageNotice> {
    return this.#notices.asObservable();
  }

  /** On the request path. A request that no environment was asked for says nothing here. */
  see(verdict: Verdict): void {
    const { route, environment, outcome } = verdict;
    if (!isJudged(verdict) || !this.isLive(route, environment)) return;
    const known = this.#spells.get(route);
    if (!isFault(verdict)) {
      if (known) this.#end(route, known);
      return;
    }
    const begun = { environment, since: this.clock.elapsed(), failures: 0, failure: outcome };
    const spell = known?.environment === environment ? known : begun;
    if (spell !== known) {
      this.#troubles.get(route)?.over();
      this.#spells.set(route, spell);
    }
    spell.failures++;
    spell.failure = outcome;
    if (spell.failures >= FAILURES && !this.#timers.has(route)) this.#tellSoon(route, spell);
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /** Tells when it has lasted long enough, whether more requests come or not. */
  #tellSoon(route: string, spell: Spell): void {
    const trouble = this.#troubles.get(route) ?? new Trouble(this.clock);
    this.#troubles.set(route, trouble);
    if (trouble.isTold) return;
    const left = Math.max(spell.since + SILENCE - this.clock.elapsed(), trouble.dueIn);
    if (left <= 0) {
      trouble.seen();
      this.#tell('begun', route, spell);
      return;
    }
    const cancel = this.clock.after(left, () => {
      this.#timers.delete(route);
      const now = this.#spells.get(route);
      if (now && now.failures >= FAILURES) this.#tellSoon(route, now);
    });
    this.#timers.set(route, cancel);
  }

  #end(route: string, spell: Spell): void {
    this.#spells.delete(route);
    if (this.#troubles.get(route)?.over()) this.#tell('over', route, spell);
  }

  #tell(kind: OutageNotice['kind'], route: string, { environment, since, failures, failure }: Spell): void {
    const lasted = this.clock.elapsed() - since;
    this.#notices.next({ kind, route, environment, at: this.clock.now(), failures, failure, lasted });
  }
}
