import { Logger } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import { plain } from '../kit/plain.js';
import type { Alert, AlertType } from './alert.js';
import { Guarded } from '../kit/guarded.js';
import type { Claims } from './claims.js';
import { select, type RecordLog } from './record-log.js';

/** Sends alerts out of the process. */
export interface AlertSink {
  send(alert: Alert): void;
}

export interface AlertServiceOptions {
  readonly log: RecordLog<Alert>;
  readonly claims: Claims;
  readonly sinks: readonly AlertSink[];
}

/** A query for alerts. */
export interface AlertQuery {
  readonly route?: string | undefined;
  readonly type?: AlertType | undefined;
  /** Wall time, milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** Default 100. */
  readonly limit?: number | undefined;
}

/**
 * Alerts people: rollbacks and other events of rollouts, spending, drift, a journal out of reach. Every alert is
 * logged, kept and sent to the webhooks once, by one replica of the fleet.
 *
 * @example
 * ```ts
 * alerts.alerts$.subscribe(({ severity, message }) => severity === 'critical' && pager.send(message));
 * const [last] = await alerts.recent({ type: 'rollback', limit: 1 });
 * ```
 */
export class AlertService {
  readonly #logger = new Logger(AlertService.name);
  readonly #alerts = new Subject<Alert>();
  readonly #raising = new Set<Promise<void>>();

  constructor(private readonly options: AlertServiceOptions) {}

  /** The alerts that this replica raises, from now on. Completes when the app shuts down. */
  get alerts$(): Observable<Alert> {
    return new Guarded(this.#alerts, (error) => this.#logger.error(`A subscriber failed: ${String(error)}`));
  }

  /** Kept alerts of the whole fleet, newest first. */
  recent({ route, type, since, limit = 100 }: AlertQuery = {}): Promise<readonly Alert[]> {
    const fits = (alert: Alert): boolean =>
      (route === undefined || alert.route === route) && (type === undefined || alert.type === type);
    return select(this.options.log.newest(), { fits, since, limit });
  }

  /** Raises an alert, unless another replica has raised the same one. Waits for nothing, never throws. */
  raise(alert: Alert): void {
    const raised = this.#raise(alert);
    this.#raising.add(raised);
    void raised.finally(() => this.#raising.delete(raised));
  }

  /** Resolves when all raised alerts are out. No alert comes after that. */
  async finish(): Promise<void> {
    await Promise.all(this.#raising);
    await this.options.log.flush();
    this.#alerts.complete();
  }

  async #raise(alert: Alert): Promise<void> {
    const { log, claims, sinks } = this.options;
    // If the claim fails, an alert twice is better than none.
    const isOurs = await claims.claim(alert.id).catch(() => true);
    if (!isOurs) return;
    // The message contains a reason that somebody wrote.
    const line = plain(alert.message);
    if (alert.severity === 'critical') this.#logger.error(line);
    else if (alert.severity === 'warning') this.#logger.warn(line);
    else this.#logger.log(line);
    log.write(alert);
    for (const sink of sinks) sink.send(alert);
    this.#alerts.next(alert);
  }
}
