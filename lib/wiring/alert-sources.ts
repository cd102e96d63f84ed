import { Logger, type OnApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { merge, type Observable, type Subscription } from 'rxjs';
import type { Clock } from '../kit/clock.js';
import { Trouble } from '../kit/trouble.js';
import type { Journal } from '../journal/journal.js';
import type { BudgetService } from '../money/budget.service.js';
import type { SpendAlert } from '../money/spend-alert.js';
import type { Alert } from '../records/alert.js';
import type { AlertService } from '../records/alert.service.js';
import { alertOf } from '../records/event-alerts.js';
import { outageAlert, outageOver } from '../records/outage-alert.js';
import type { Webhooks } from '../records/webhooks.js';
import type { Boot } from '../rollout/boot.js';
import type { LocalProtection, LocalRollbackNotice } from '../rollout/local-protection.js';
import type { SplitCheck } from '../rollout/split-check.js';
import type { StateStore } from '../rollout/state-store.js';
import type { ShadowService } from '../shadow/shadow.service.js';
import type { ModelWatch } from '../telemetry/model-watch.js';
import type { OutageNotice, Outages } from '../telemetry/outages.js';

/** How often to check the journal's home, and how long it may be away before anyone is told. */
const CHECK_EVERY = 1_000;
const AWAY_UNTOLD = 5_000;
/** Milliseconds that webhooks have at the end. */
const GRACE = 2_000;

interface AlertSourcesDeps {
  readonly alerts: AlertService;
  readonly webhooks: Webhooks;
  readonly store: StateStore;
  readonly budgets: BudgetService;
  readonly shadow: ShadowService;
  readonly models: ModelWatch;
  readonly splits: SplitCheck;
  readonly protection: LocalProtection;
  readonly outages: Outages;
  readonly boot: Boot;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** Turns events of every part into alerts. */
export class AlertSources implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(AlertSources.name);
  readonly #subscriptions: Subscription[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #journalAway: Trouble;

  constructor(private readonly deps: AlertSourcesDeps) {
    this.#journalAway = new Trouble(deps.clock);
  }

  onApplicationBootstrap(): void {
    const { store, budgets, shadow, splits, protection, models, outages, boot, journal, clock } = this.deps;
    this.#follow(merge(boot.take(), store.entries$), alertOf);
    this.#follow(outages.notices$, (notice) => this.#outage(notice));
    this.#follow(budgets.alerts$, spent);
    this.#follow(shadow.alerts$, (alert) => {
      const { type, route, at, message } = alert;
      const ofOnePair = type === 'response_drift' && alert.requestId !== undefined;
      return {
        id: `${type}:${route}:${at}${ofOnePair ? `:${alert.requestId}` : ''}`,
        type,
        severity: ofOnePair ? 'info' : 'warning',
        at,
        route,
        message: `Route "${route}": ${message}`,
      };
    });
    this.#follow(splits.alarms$, (alarm) => ({ type: 'split_failing', severity: 'critical', ...alarm }));
    this.#follow(protection.notices$, takenOut);
    this.#follow(models.drifts$, ({ id, route, message }) => ({
      id: `model_drift:${id}`,
      type: 'model_drift',
      severity: 'warning',
      at: clock.now(),
      route,
      message,
    }));
    if (!journal.connection) return;
    this.#timer = setInterval(() => this.#checkJournal(), CHECK_EVERY);
    this.#timer.unref();
  }

  /** By now all calls have ended. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    this.deps.outages.stop();
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await this.deps.alerts.finish();
    await this.deps.webhooks.finish(GRACE);
  }

  #outage(notice: OutageNotice): Alert | undefined {
    if (notice.kind === 'begun') return outageAlert(notice, this.deps.store.find(notice.route)?.fallback ?? []);
    this.#logger.log(outageOver(notice));
    return undefined;
  }

  #follow<T>(source: Observable<T>, toAlert: (what: T) => Alert | undefined): void {
    this.#subscriptions.push(
      source.subscribe((what) => {
        const alert = toAlert(what);
        if (alert) this.deps.alerts.raise(alert);
      }),
    );
  }

  #checkJournal(): void {
    const { alerts, clock, journal } = this.deps;
    const away = journal.connection?.awayFor() ?? 0;
    if (away <= AWAY_UNTOLD) {
      if (this.#journalAway.over()) this.#logger.log('The journal is back.');
      return;
    }
    if (!this.#journalAway.seen()) return;
    const at = clock.now();
    const why = journal.connection?.problem() ?? 'no answer';
    const message = `The journal cannot be reached: calls go on, nothing is decided. ${why}`;
    alerts.raise({
      id: `journal_unavailable:${at}`,
      type: 'journal_unavailable',
      severity: 'critical',
      at,
      message,
    });
  }
}

function spent({ at, route, scope, percent, message }: SpendAlert): Alert {
  const month = new Date(at).toISOString().slice(0, 7);
  const severity = percent >= 100 ? 'critical' : 'warning';
  return { id: `spend:${route ?? scope}:${month}:${percent}`, type: 'spend', severity, at, route, message };
}

function takenOut({ id, at, route, environment, reason, problem, evidence }: LocalRollbackNotice): Alert {
  const message =
    `Route "${route}": this process sends nothing to "${environment}" any more: ${reason}. ` +
    `The rollback will be recorded when the journal is back. ${problem}`;
  return { id, type: 'local_rollback', severity: 'critical', at, route, actor: 'system', message, evidence };
}
