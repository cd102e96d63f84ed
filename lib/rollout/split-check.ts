import { Subject, type Observable } from 'rxjs';
import type { Clock } from '../kit/clock.js';
import type { FailingSplit } from '../analysis/check-split.js';
import type { GateResult } from '../domain/events.js';
import { rollbackTo } from '../domain/rollback-commands.js';
import type { RouteState } from '../domain/state.js';
import type { Leadership } from './leadership.js';
import type { DueRollback, LocalProtection } from './local-protection.js';
import type { Examined, RouteAnalysis } from './route-analysis.js';
import type { StateStore } from './state-store.js';

/** A split is over its limits, and autoRollback is off. */
export interface SplitAlarm {
  readonly id: string;
  readonly route: string;
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  /** One sentence for people. */
  readonly message: string;
  readonly evidence: readonly GateResult[];
}

/** Checks splits by hand. Takes back a split that is over its limits, or raises an alarm. */
export class SplitCheck {
  /** Route → the finding that was reported. */
  readonly #told = new Map<string, string>();
  readonly #alarms = new Subject<SplitAlarm>();

  constructor(
    private readonly store: StateStore,
    private readonly protection: LocalProtection,
    private readonly analysis: RouteAnalysis,
    private readonly leadership: Leadership,
    private readonly clock: Clock,
  ) {}

  /** Findings that change no traffic: each once, for as long as it lasts. */
  get alarms$(): Observable<SplitAlarm> {
    return this.#alarms.asObservable();
  }

  /** @param expectedRevision of the state that is checked. */
  async run(alias: string, expectedRevision: number): Promise<void> {
    const examined = this.analysis.failingSplit(alias);
    if (!examined) {
      this.#told.delete(alias);
      this.protection.release(alias);
      return;
    }
    const due = this.#dueOf(this.store.route(alias), examined);
    if (due) {
      await this.protection.rollBack({ ...due, info: { ...due.info, expectedRevision } });
      return;
    }
    const { environment, reason, gates: evidence } = examined.finding;
    const { epoch } = this.store.route(alias);
    const finding = `${environment} ${epoch}`;
    // Every replica sees the finding. One alarm is enough.
    if (!this.leadership.leads || this.#told.get(alias) === finding) return;
    this.#told.set(alias, finding);
    const at = this.clock.now();
    const message = `Route "${alias}": ${reason}. The traffic stays where it is: autoRollback is off.`;
    this.#alarms.next({ id: `split_failing:${alias}:${environment}:${at}`, route: alias, at, message, evidence });
  }

  /** The rollback of a split that is over its limits, unless people have kept that to themselves. */
  due(route: RouteState): DueRollback | undefined {
    const examined = this.analysis.failingSplit(route.alias);
    return examined && this.#dueOf(route, examined);
  }

  #dueOf(route: RouteState, { finding, basis }: Examined<FailingSplit>): DueRollback | undefined {
    const { environment, reason, gates: evidence, healthCheck } = finding;
    if (!healthCheck.autoRollback) return undefined;
    const info = { actor: 'system', reason, evidence, basis: basis() };
    return { route, environment, command: rollbackTo(route.active), info };
  }
}
