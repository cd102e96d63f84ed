import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import { UnknownRouteError } from '../domain/errors.js';
import { SIMILARITY } from '../domain/plan.js';
import type { Placement } from '../telemetry/observation.js';
import type { ShadowPair } from '../telemetry/shadow-pair.js';
import type { ShadowSummary } from '../telemetry/shadow-tally.js';
import type { CallRequest } from '../router/call-request.js';
import type { CallListener, HeardCall } from '../router/call-listener.js';
import { EventLoopLoad } from './event-loop-load.js';
import { RouteShadow, type ShadowDeps } from './route-shadow.js';
import type { ShadowAlert } from './shadow-alert.js';
import { Guarded } from '../kit/guarded.js';
import { RotatingLog } from '../kit/rotating-log.js';
import type { ShadowPolicy } from './shadow-policy.js';
import type { ShadowReport } from './shadow-report.js';

/** The dependencies of the service. */
export interface ShadowServiceOptions extends Omit<ShadowDeps, 'loopDelay' | 'onAlert' | 'onPair' | 'onSimilarity'> {
  readonly policies: ReadonlyMap<string, ShadowPolicy>;
  /** Takes the similarity of each pair as a score of the shadow. */
  readonly scores: { score(evaluator: string, placement: Placement, value: number): void };
  /** Default: measured. */
  readonly loopDelay?: () => number;
}

/**
 * Shadow traffic: sends a copy of callers' requests to the canary and compares the two answers. The caller gets the
 * same answer, at the same time, as without it.
 *
 * @example
 * ```ts
 * const { compared, meanSimilarity, failures } = shadow.shadowReport('support-chat');
 * shadow.alerts$.subscribe(({ type, message }) => pager.send(`${type}: ${message}`));
 * ```
 */
export class ShadowService implements CallListener, OnApplicationShutdown {
  readonly #logger = new Logger(ShadowService.name);
  readonly #routes: ReadonlyMap<string, RouteShadow>;
  /** By path: routes may share a file. */
  readonly #logs = new Map<string, RotatingLog>();
  readonly #load = new EventLoopLoad();
  readonly #alerts = new Subject<ShadowAlert>();
  readonly #pairs = new Subject<ShadowPair>();
  #closed = false;

  constructor({ policies, scores, loopDelay = () => this.#load.delay, ...rest }: ShadowServiceOptions) {
    const deps: ShadowDeps = {
      ...rest,
      loopDelay,
      // Subscribers run in a turn of their own, never in a caller's.
      onAlert: (alert) => setImmediate(() => this.#alerts.next(alert)),
      onPair: (pair) => this.#pairs.next(pair),
      onSimilarity: (placement, similarity) => scores.score(SIMILARITY, placement, similarity),
    };
    this.#routes = new Map(
      [...policies].map(([alias, policy]) => [alias, new RouteShadow(alias, policy, deps, this.#logOf(policy))]),
    );
  }

  /** Alerts from now on. Completes when the app shuts down. */
  get alerts$(): Observable<ShadowAlert> {
    return new Guarded(this.#alerts, (error) => this.#logger.error(`A subscriber failed: ${String(error)}`));
  }

  /** Every mirrored request from now on, once both sides have ended: figures, no content. */
  get pairs$(): Observable<ShadowPair> {
    return new Guarded(this.#pairs, (error) => this.#logger.error(`A subscriber failed: ${String(error)}`));
  }

  /**
   * The results of a route's mirrors in this process.
   *
   * @throws {UnknownRouteError}
   */
  shadowReport(alias: string): ShadowReport {
    const route = this.#routes.get(alias);
    if (!route) throw new UnknownRouteError(alias, [...this.#routes.keys()]);
    return route.report();
  }

  /** The results of the fleet's mirrors since the shadow stage of the running rollout began. */
  stageFigures(alias: string): ShadowSummary | undefined {
    return this.#routes.get(alias)?.stageSummary();
  }

  begun(request: CallRequest): HeardCall | undefined {
    if (this.#closed || request.byEvaluator) return undefined;
    return this.#routes.get(request.assignment.route)?.begun(request);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#closed = true;
    for (const route of this.#routes.values()) route.abort();
    this.#load.stop();
    await Promise.all([...this.#logs.values()].map((log) => log.flush()));
    this.#alerts.complete();
    this.#pairs.complete();
  }

  #logOf({ file, maxFileBytes }: ShadowPolicy): RotatingLog | undefined {
    if (file === undefined) return undefined;
    const log = this.#logs.get(file) ?? new RotatingLog(file, maxFileBytes);
    this.#logs.set(file, log);
    return log;
  }
}
