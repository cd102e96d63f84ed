import { Logger } from '@nestjs/common';
import type { Random } from '../kit/clock.js';
import { defined } from '../kit/defined.js';
import type { CompiledRoute, Slot } from '../routing/route-table.js';
import { shadowTarget } from '../routing/shadow-target.js';
import type { Figures } from '../telemetry/figures.js';
import type { Placement } from '../telemetry/observation.js';
import { similarityOf, type ShadowPair } from '../telemetry/shadow-pair.js';
import type { ShadowSummary } from '../telemetry/shadow-tally.js';
import { placementOf, type CallRequest } from '../router/call-request.js';
import type { HeardCall } from '../router/call-listener.js';
import { Admission } from './admission.js';
import type { MirrorDeps } from './mirror-deps.js';
import { MirrorMoney } from '../money/mirror-money.js';
import { OpenPair } from './open-pair.js';
import { pairLine } from './pair-line.js';
import { runMirror } from './run-mirror.js';
import { ShadowAlarms } from './shadow-alarms.js';
import type { ShadowAlert } from './shadow-alert.js';
import type { RotatingLog } from '../kit/rotating-log.js';
import { measureOf, type ShadowPolicy } from './shadow-policy.js';
import type { ShadowReport } from './shadow-report.js';
import { ShadowSeries } from './shadow-series.js';

export interface ShadowDeps extends MirrorDeps {
  readonly random: Random;
  /** Holds the sums of shadow stages: rollouts decide on those of the fleet. */
  readonly figures: Figures;
  /** Milliseconds that the event loop lags. */
  readonly loopDelay: () => number;
  /** Called on the request path. */
  readonly onAlert: (alert: ShadowAlert) => void;
  readonly onPair: (pair: ShadowPair) => void;
  /** Gets the similarity of a shadow's answer to the caller's, 0–1. */
  readonly onSimilarity: (shadow: Placement, similarity: number) => void;
}

/** The mirrors of one route: which are sent, and what they show. */
export class RouteShadow {
  readonly #logger = new Logger(RouteShadow.name);
  readonly #admission: Admission;
  readonly #alarms: ShadowAlarms;
  readonly #money: MirrorMoney;
  /** One per open pair: at most `concurrency`. */
  readonly #open = new Set<AbortController>();
  readonly #series: ShadowSeries;
  #lastMirrorAt: number | undefined;

  constructor(
    private readonly alias: string,
    private readonly policy: ShadowPolicy,
    private readonly deps: ShadowDeps,
    private readonly log: RotatingLog | undefined,
  ) {
    this.#admission = new Admission(policy, deps.loopDelay);
    this.#alarms = new ShadowAlarms(alias, policy, deps.clock, deps.onAlert);
    this.#money = new MirrorMoney(policy.perMonthUsd, deps.clock, deps.priceOf);
    this.#series = new ShadowSeries(alias, () => this.#policyNow(), deps.figures, deps.clock);
  }

  /** On the request path: decides now, and leaves the work to a later turn of the event loop. */
  begun(request: CallRequest): HeardCall | undefined {
    const { mirror, environment } = request.assignment;
    const route = this.#route;
    const percentage = Math.max(this.#percentage, route?.mirrored?.percentage ?? 0);
    if (percentage === 0 && !mirror) return undefined;
    if (!mirror && this.deps.random() * 100 >= percentage) return undefined;

    const target = this.#target();
    // A caller that the shadow answers needs no mirror. But if the shadow is live, no mirror is ever sent: count it.
    if (target?.environment !== environment || target === route?.active) this.#alarms.wanted();
    if (!this.#admission.admits(target, environment, this.#open.size, route?.mirrored?.concurrency)) return undefined;

    const pair = new OpenPair(request.dialect);
    const controller = new AbortController();
    this.#open.add(controller);
    setImmediate(() => void this.#run(request, target, pair, controller));
    return pair;
  }

  report(): ShadowReport {
    const target = this.#target();
    const { comparisonMode, similarityThreshold } = this.#policyNow();
    const { tally } = target ? this.#series.ofVersion(target) : { tally: this.#series.newTally() };
    return {
      ...tally.summary(),
      route: this.alias,
      percentage: this.#percentage,
      comparisonMode,
      similarityThreshold,
      environment: target?.environment,
      version: target?.version.tag,
      open: this.#open.size,
      shed: { ...this.#admission.shed },
      spentThisMonthUsd: this.#money.budget.spent,
      monthlyBudgetUsd: this.#money.budget.limit,
      lastMirrorAt: this.#lastMirrorAt,
      droppedLines: this.log?.dropped ?? 0,
    };
  }

  /** The results of the fleet's mirrors since the shadow stage began; `undefined` outside of a shadow stage. */
  stageSummary(): ShadowSummary | undefined {
    return this.#series.ofStage(this.#route)?.tally.summary();
  }

  /** Aborts all open mirrors. */
  abort(): void {
    for (const controller of this.#open) controller.abort();
  }

  async #run(request: CallRequest, target: Slot, pair: OpenPair, controller: AbortController): Promise<void> {
    const { signal } = controller;
    // Now, not at the end: the version may change meanwhile.
    const series = this.#series.ofVersion(target);
    const stage = this.#series.ofStage(this.#route);
    try {
      const reservation = this.#money.reserve(request, target, stage?.budget);
      if (typeof reservation === 'string') {
        pair.drop();
        this.#admission.shed[reservation === 'stage' ? 'budget' : reservation]++;
        if (reservation === 'budget') this.#alarms.refused(this.#money.budget);
        return;
      }
      const policy = this.#policyNow();
      const run = { request, target, pair, policy, money: this.#money, reservation, signal };
      const done = await runMirror(run, this.deps);
      if (!done) return;
      series.tally.add(done.pair);
      stage?.tally.add(done.pair);
      this.#score(request, target, done.pair);
      if (done.pair.shadow.outcome === 'ok') this.#lastMirrorAt = done.pair.at;
      this.#alarms.ended(done.pair, series.drift, policy);
      this.deps.onPair(done.pair);
      // Last: a redaction may return something that is not JSON.
      this.log?.write(pairLine(done.pair, done.content, this.policy));
    } catch (error) {
      this.#logger.error(`A mirror of route "${this.alias}" failed: ${nameOf(error)}`);
    } finally {
      this.#open.delete(controller);
    }
  }

  #score(request: CallRequest, { environment, version }: Slot, { comparison }: ShadowPair): void {
    const similarity = comparison && similarityOf(comparison, measureOf(this.#policyNow()));
    if (similarity === undefined || similarity === null) return;
    // Forced requests count too: both answers are to the same request.
    const shadow = { ...placementOf(request), environment, version: version.tag, offSplit: undefined };
    this.deps.onSimilarity(shadow, similarity);
  }

  get #route(): CompiledRoute | undefined {
    return this.deps.table.current.find(this.alias);
  }

  /** The options, with the comparison as it was set at run time. */
  #policyNow(): ShadowPolicy {
    const { comparisonMode, similarityThreshold, maxTemporalDriftMs } = this.#route?.settings ?? {};
    const now = defined({ comparisonMode, similarityThreshold, maxTemporalDriftMs });
    return { ...this.policy, ...now };
  }

  /** Set at run time, else configured. */
  get #percentage(): number {
    return this.#route?.settings.shadowPercentage ?? this.policy.percentage;
  }

  #target(): Slot | undefined {
    const route = this.#route;
    return route && shadowTarget(route, route.mirrored ? undefined : this.policy.to);
  }
}

/** The name only: a message may quote content. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
