import { Logger } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import { plain } from '../kit/plain.js';
import type { Alert, AlertType } from './alert.js';
import { Guarded } from '../kit/guarded.js';
import type { Claims } from './claims.js';
import { select, type RecordLog } from './record-log.js';

/** Takes alerts to somebody outside. */
export interface AlertSink {
  send(alert: Alert): void;
}

export interface AlertServiceOptions {
  readonly log: RecordLog<Alert>;
  readonly claims: Claims;
  readonly sinks: readonly AlertSink[];
}

/** Which alerts are asked for. */
export interface AlertQuery {
  readonly route?: string | undefined;
  readonly type?: AlertType | undefined;
  /** Wall time, milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** Default 100. */
  readonly limit?: number | undefined;
}

/**
 * What people are told: rollbacks and what else becomes of rollouts, spending, drift, a journal out of reach. Every alert is
 * logged, kept, and sent to the webhooks once, by one replica of all.
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

  /** Alerts of the fleet that this replica is the one to tell of, from now on. Completes when the app shuts down. */
  get alerts$(): Observable<Alert> {
    return new Guarded(this.#alerts, (error) => this.#logger.error(`A subscriber failed: ${String(error)}`));
  }

  /** Those that are kept, of the whole fleet, newest first. */
  recent({ route, type, since, limit = 100 }: AlertQuery = {}): Promise<readonly Alert[]> {
    const fits = (alert: Alert): boolean =>
      (route === undefined || alert.route === route) && (type === undefined || alert.type === type);
    return select(this.options.log.newest(), { fits, since, limit });
  }

  /** Tells people, unless another replica has told them of the same. Waits for nothing, never throws. */
  raise(alert: Alert): void {
    const raised = this.#raise(alert);
    this.#raising.add(raised);
    void raised.finally(() => this.#raising.delete(raised));
  }

  /** Resolves when all that was raised is told. No more alerts then. */
  async finish(): Promise<void> {
    await Promise.all(this.#raising);
    await this.options.log.flush();
    this.#alerts.complete();
  }

  async #raise(alert: Alert): Promise<void> {
    const { log, claims, sinks } = this.options;
    // When nobody can say who else tells of it, twice is better than never.
    const isOurs = await claims.claim(alert.id).catch(() => true);
    if (!isOurs) return;
    // The reason that somebody gave is a part of it.
    const line = plain(alert.message);
    if (alert.severity === 'critical') this.#logger.error(line);
    else if (alert.severity === 'warning') this.#logger.warn(line);
    else this.#logger.log(line);
    log.write(alert);
    for (const sink of sinks) sink.send(alert);
    this.#alerts.next(alert);
  }
}
