import { Inject, Injectable } from '@nestjs/common';
import { checkSplit, type FailingSplit } from '../analysis/check-split.js';
import { decide, type Decision } from '../analysis/decide.js';
import { rolloutBasis, splitBasis } from '../analysis/decision-basis.js';
import type { Clock } from '../domain/clock.js';
import { runningRollout, type RouteState } from '../domain/state.js';
import type { Json } from '../domain/version.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { CLOCK } from '../tokens.js';
import { ageLimits } from './age-limits.js';
import { RolloutCircumstances } from './circumstances.js';
import { RolloutDefaults } from './rollout-defaults.js';
import { rolloutEvidence } from './rollout-evidence.js';
import { StateStore } from './state-store.js';

/** What was found, and how to record what it was found by. */
export interface Examined<Finding> {
  readonly finding: Finding;
  readonly basis: () => Json;
}

/** Brings the evidence of a route before those who decide on it. Changes no state: that takes a command. */
@Injectable()
export class RouteAnalysis {
  constructor(
    private readonly store: StateStore,
    private readonly telemetry: Telemetry,
    private readonly defaults: RolloutDefaults,
    private readonly circumstances: RolloutCircumstances,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * What the gates say of the running rollout right now; `undefined` when none is running. @throws {UnknownRouteError}
   */
  decision(alias: string): Examined<Decision> | undefined {
    const route = this.store.route(alias);
    const rollout = runningRollout(route);
    if (!rollout) return undefined;
    const now = this.clock.now();
    const evidence = rolloutEvidence(route, rollout, this.telemetry, now);
    const circumstances = this.circumstances.of(route, rollout, now);
    const finding = decide(rollout, route.weights, evidence, now, circumstances);
    return { finding, basis: () => rolloutBasis(rollout.plan, { evidence, now, circumstances }) };
  }

  /**
   * An environment of a split that no rollout walks and that its health check finds too bad. @throws
   * {UnknownRouteError}
   */
  failingSplit(alias: string): Examined<FailingSplit> | undefined {
    const route = this.store.route(alias);
    if (runningRollout(route)) return undefined;
    const now = this.clock.now();
    const evidenceOf = (environment: string) =>
      this.telemetry.evidence(alias, environment, route.epoch, route.segment, now);
    const finding = checkSplit(route, evidenceOf, this.defaults.healthCheck);
    return finding && { finding, basis: () => splitBasis(finding) };
  }

  /** Whether a failure of the environment may call for something: on trial, or in a split that is checked. */
  isWatched(route: RouteState, environment: string): boolean {
    const rollout = runningRollout(route);
    if (rollout) return rollout.to === environment;
    return environment !== route.active && this.defaults.healthCheckOf(route)?.enabled === true;
  }

  /** Fixes how old requests may grow from now on before a gate counts them. */
  limitAges(alias: string): void {
    const route = this.store.find(alias);
    if (route) this.telemetry.limitAges(alias, ageLimits(route, this.telemetry, this.clock.now()));
  }
}
