import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Observable, Subscription } from 'rxjs';
import type { Clock } from '../kit/clock.js';
import type { Journal } from '../journal/journal.js';
import { BudgetService } from '../money/budget.service.js';
import type { SpendAlert } from '../money/spend-alert.js';
import type { Alert } from '../records/alert.js';
import { AlertService } from '../records/alert.service.js';
import { alertOf } from '../records/event-alerts.js';
import { Webhooks } from '../records/webhooks.js';
import { SplitCheck } from '../rollout/split-check.js';
import { StateStore } from '../rollout/state-store.js';
import { ShadowService } from '../shadow/shadow.service.js';
import { ModelWatch } from '../telemetry/model-watch.js';
import { CLOCK, JOURNAL } from '../tokens.js';

/** How often the journal's home is looked at, and how long it may be away unremarked. */
const LOOK_EVERY = 1_000;
const AWAY_UNREMARKED = 5_000;
/** Milliseconds that webhooks have at the end. */
const GRACE = 2_000;

/** Brings together whatever people are told of. */
@Injectable()
export class AlertSources implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(AlertSources.name);
  readonly #subscriptions: Subscription[] = [];
  #timer: NodeJS.Timeout | undefined;
  #journalAway = false;

  constructor(
    private readonly alerts: AlertService,
    private readonly webhooks: Webhooks,
    private readonly store: StateStore,
    private readonly budgets: BudgetService,
    private readonly shadow: ShadowService,
    private readonly models: ModelWatch,
    private readonly splits: SplitCheck,
    @Inject(JOURNAL) private readonly journal: Journal,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#follow(this.store.entries$, alertOf);
    this.#follow(this.budgets.alerts$, spent);
    this.#follow(this.shadow.alerts$, ({ type, route, at, message }) => ({
      id: `${type}:${route}:${at}`,
      type,
      severity: 'warning',
      at,
      route,
      message: `Route "${route}": ${message}`,
    }));
    this.#follow(this.splits.alarms$, (alarm) => ({ type: 'split_failing', severity: 'critical', ...alarm }));
    this.#follow(this.models.drifts$, ({ id, route, message }) => ({
      id: `model_drift:${id}`,
      type: 'model_drift',
      severity: 'warning',
      at: this.clock.now(),
      route,
      message,
    }));
    if (!this.journal.connection) return;
    this.#timer = setInterval(() => this.#lookAtJournal(), LOOK_EVERY);
    this.#timer.unref();
  }

  /** By now all calls have ended. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await this.alerts.finish();
    await this.webhooks.finish(GRACE);
  }

  #follow<T>(source: Observable<T>, toAlert: (what: T) => Alert | undefined): void {
    this.#subscriptions.push(
      source.subscribe((what) => {
        const alert = toAlert(what);
        if (alert) this.alerts.raise(alert);
      }),
    );
  }

  #lookAtJournal(): void {
    const away = this.journal.connection?.awayFor() ?? 0;
    if (away <= AWAY_UNREMARKED) {
      if (this.#journalAway) this.#logger.log('The journal is back.');
      this.#journalAway = false;
      return;
    }
    if (this.#journalAway) return;
    this.#journalAway = true;
    const at = this.clock.now();
    const why = this.journal.connection?.problem() ?? 'no answer';
    const message = `The journal cannot be reached: calls go on, nothing is decided. ${why}`;
    this.alerts.raise({
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
