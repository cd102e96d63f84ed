import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { isFault } from '../domain/arbitration.js';
import { evidenceIn } from '../domain/outcome.js';
import { runningRollout } from '../domain/state.js';
import { Breather } from '../kit/breather.js';
import type { Verdict } from '../telemetry/observation.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { Leadership } from './leadership.js';
import type { RouteAnalysis } from './route-analysis.js';
import type { RouteChecks } from './route-checks.js';
import { nextLook } from './next-look.js';
import { ImportedTwiceError, NoSchedulerError } from './scheduler-errors.js';
import type { SchedulerOptions } from './scheduler-options.js';
import type { StateStore } from './state-store.js';

/** Name of the job in the app's `SchedulerRegistry`. */
export const CANARY_JOB = 'blue-green:canary';

/**
 * The scheduled job: has routes checked at every interval, and at once when an environment that is watched fails.
 * Ticking twice, late, or on two replicas has the outcome of one tick.
 */
export class CanaryScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Routes with a check queued for the end of this turn of the event loop. */
  readonly #queued = new Set<string>();
  /** Route → the look at it before the next interval. Bounded by the configuration. */
  readonly #looks = new Map<string, NodeJS.Timeout>();
  #unsubscribe: () => void = () => {};

  constructor(
    private readonly moduleRef: Pick<ModuleRef, 'get'>,
    private readonly options: SchedulerOptions,
    private readonly store: StateStore,
    private readonly telemetry: Telemetry,
    private readonly analysis: RouteAnalysis,
    private readonly leadership: Leadership,
    private readonly checks: RouteChecks,
  ) {}

  /** @throws {NoSchedulerError} {@link ImportedTwiceError} */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.options.enabled) return;
    const registry = this.#registry();
    if (registry.doesExist('interval', CANARY_JOB)) throw new ImportedTwiceError();
    registry.addInterval(
      CANARY_JOB,
      setInterval(() => void this.tick(), this.options.monitorInterval),
    );
    const lookAt = (verdict: Verdict): void => {
      const isEvidence = isFault(verdict) || evidenceIn(verdict.outcome) !== 'none';
      if (isEvidence) this.#onEvidence(verdict.route, verdict.environment);
    };
    const stops = [
      this.telemetry.onVerdict(lookAt),
      // By then it is known whether another environment could answer instead.
      this.telemetry.onObservation(lookAt),
      this.telemetry.onOutgrown(({ route, environment }) => this.#onEvidence(route, environment)),
    ];
    const ages = this.store.entries$.subscribe(({ route }) => {
      if (route === undefined) return;
      this.analysis.limitAges(route);
      // A warm-up need not wait for the next interval: no traffic depends on it.
      if (this.leadership.leads && this.#isWarming(route)) void this.tickRoute(route);
      this.#lookAgain(route);
    });
    for (const { alias } of this.store.routes) {
      this.analysis.limitAges(alias);
      this.#lookAgain(alias);
    }
    this.#unsubscribe = () => {
      ages.unsubscribe();
      for (const stop of stops) stop();
    };
    await this.leadership.start(() => void this.tick());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#unsubscribe();
    for (const timer of this.#looks.values()) clearTimeout(timer);
    this.#looks.clear();
    this.checks.stop();
    await this.leadership.stop();
  }

  /**
   * Reads the gates of every running rollout and acts on them, when this replica is the one that does. Never rejects:
   * what goes wrong is logged.
   */
  async tick(): Promise<void> {
    const aliases = this.store.routes.map(({ alias }) => alias);
    const breather = new Breather();
    for (const alias of aliases) {
      if (breather.isDue) await breather.pause();
      this.analysis.limitAges(alias);
      this.checks.protect(alias);
    }
    if (!this.leadership.leads) return;
    await Promise.all(aliases.map((alias) => this.tickRoute(alias)));
  }

  /** The same for one route, on whatever replica. */
  tickRoute(alias: string): Promise<void> {
    return this.checks.run(alias);
  }

  /** Sets the clock for a step that is over, or has its requests, before the next interval. */
  #lookAgain(alias: string): void {
    clearTimeout(this.#looks.get(alias));
    this.#looks.delete(alias);
    const route = this.store.find(alias);
    const rollout = route && runningRollout(route);
    const wait = rollout && nextLook(rollout, this.analysis.elapsed(route, rollout), this.options.monitorInterval);
    if (wait === undefined) return;
    const look = async (): Promise<void> => {
      if (this.leadership.leads) await this.tickRoute(alias);
      if (this.#looks.get(alias) === timer) this.#lookAgain(alias);
    };
    // A timer may fire a little early: the step would not be over yet.
    const timer = setTimeout(() => void look(), wait + 1);
    timer.unref();
    this.#looks.set(alias, timer);
  }

  /** On the request path: notes that a check is due and leaves. A storm of them is one check per turn. */
  #onEvidence(alias: string, environment: string): void {
    const route = this.store.find(alias);
    if (!route || !this.analysis.isWatched(route, environment) || this.#queued.has(alias)) return;
    this.#queued.add(alias);
    setImmediate(() => {
      this.#queued.delete(alias);
      void this.tickRoute(alias);
    });
  }

  #isWarming(alias: string): boolean {
    return this.store.find(alias)?.rollout?.phase.name === 'Warming';
  }

  #registry(): SchedulerRegistry {
    try {
      return this.moduleRef.get(SchedulerRegistry, { strict: false });
    } catch {
      throw new NoSchedulerError();
    }
  }
}
