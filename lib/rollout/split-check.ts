import { Subject, type Observable } from 'rxjs';
import type { Clock } from '../kit/clock.js';
import type { GateResult } from '../domain/events.js';
import { revertSplit } from '../domain/split-commands.js';
import type { Leadership } from './leadership.js';
import type { Rollbacks } from './rollbacks.js';
import type { RouteAnalysis } from './route-analysis.js';
import type { StateStore } from './state-store.js';

/** A split is beyond its limits, and nobody takes it back by itself. */
export interface SplitAlarm {
  readonly id: string;
  readonly route: string;
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  /** One sentence for people. */
  readonly message: string;
  readonly evidence: readonly GateResult[];
}

/** Looks at splits that no rollout walks, and takes back or tells of what is beyond its limits. */
export class SplitCheck {
  /** Which finding people were told of, by route. */
  readonly #told = new Map<string, string>();
  readonly #alarms = new Subject<SplitAlarm>();

  constructor(
    private readonly store: StateStore,
    private readonly rollbacks: Rollbacks,
    private readonly analysis: RouteAnalysis,
    private readonly leadership: Leadership,
    private readonly clock: Clock,
  ) {}

  /** Findings where the traffic stays as it is: each once, for as long as it lasts. */
  get alarms$(): Observable<SplitAlarm> {
    return this.#alarms.asObservable();
  }

  /** @param expectedRevision of the state that is looked at. */
  async run(alias: string, expectedRevision: number): Promise<void> {
    const examined = this.analysis.failingSplit(alias);
    if (!examined) {
      this.#told.delete(alias);
      return;
    }
    const { environment, reason, gates: evidence, healthCheck } = examined.finding;
    const { active, epoch } = this.store.route(alias);
    if (healthCheck.autoRollback) {
      const info = { actor: 'system', reason, evidence, basis: examined.basis(), expectedRevision };
      await this.rollbacks.run(alias, revertSplit(active), info);
      return;
    }
    const finding = `${environment} ${epoch}`;
    // Every replica sees it; one is enough to tell of it.
    if (!this.leadership.leads || this.#told.get(alias) === finding) return;
    this.#told.set(alias, finding);
    const at = this.clock.now();
    const message = `Route "${alias}": ${reason}. Nothing is taken back by itself: autoRollback is off.`;
    this.#alarms.next({ id: `split_failing:${alias}:${environment}:${at}`, route: alias, at, message, evidence });
  }
}
