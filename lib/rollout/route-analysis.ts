import { checkSplit, type FailingSplit } from '../analysis/check-split.js';
import { decide, type Decision } from '../analysis/decide.js';
import { rolloutBasis, splitBasis } from '../analysis/decision-basis.js';
import { runningRollout, type Rollout, type RouteState } from '../domain/state.js';
import type { Clock } from '../kit/clock.js';
import type { JsonObject } from '../kit/json.js';
import type { FleetFigures } from '../telemetry/fleet-figures.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { ageLimits } from './age-limits.js';
import type { CircumstanceTracker } from './circumstance-tracker.js';
import type { RolloutDefaults } from './rollout-defaults.js';
import { rolloutEvidence } from './rollout-evidence.js';
import type { StageTimer } from './stage-timer.js';
import type { StateStore } from './state-store.js';

/** Longest wait for the answer of the fleet, milliseconds. */
const PATIENCE = 1_000;

/** A finding, and how to record the figures that led to it. */
export interface Examined<Finding> {
  readonly finding: Finding;
  readonly basis: () => JsonObject;
}

/** Takes the figures of a route to the functions that decide on them. Changes no state: that takes a command. */
export class RouteAnalysis {
  /** @param fleet absent where the process is alone. */
  constructor(
    private readonly store: StateStore,
    private readonly telemetry: Telemetry,
    private readonly defaults: RolloutDefaults,
    private readonly circumstances: CircumstanceTracker,
    private readonly timer: StageTimer,
    private readonly clock: Clock,
    private readonly fleet?: FleetFigures,
  ) {}

  /** The decision of the gates on the running rollout; `undefined` when none is running. @throws {UnknownRouteError} */
  decision(alias: string): Examined<Decision> | undefined {
    const route = this.store.route(alias);
    const rollout = runningRollout(route);
    if (!rollout) return undefined;
    const now = this.clock.now();
    const { age } = this.timer.of(route, rollout);
    const evidence = { ...rolloutEvidence(route, rollout, this.telemetry, now), age };
    const circumstances = this.circumstances.of(route, rollout, now);
    const finding = decide(rollout, route.weights, evidence, now, circumstances);
    return { finding, basis: () => rolloutBasis(rollout.plan, { evidence, now, circumstances }) };
  }

  /**
   * The same for a check that will act on it. A user that another replica has counted too is not a second piece of
   * evidence: the fleet is asked first.
   */
  async check(alias: string): Promise<Examined<Decision> | undefined> {
    let examined = this.decision(alias);
    if (examined && examined.finding.action !== 'hold' && this.fleet?.hasClaims) {
      await this.#asked(this.fleet);
      examined = this.decision(alias);
    }
    const rollout = runningRollout(this.store.route(alias));
    if (!examined || !rollout) return undefined;
    const couldRead = examined.finding.gates.every(({ verdict }) => verdict !== 'error');
    this.circumstances.checked(alias, rollout.id, couldRead);
    return examined;
  }

  /** A fleet that does not answer must not keep a canary in traffic. */
  async #asked(fleet: FleetFigures): Promise<void> {
    if (fleet.isAway) return;
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(PATIENCE, resolve);
      void fleet.exchange().then(resolve).finally(cancel);
    });
  }

  /** The name of the figures that there are now, when those that the rollout's evidence was in are lost. */
  lost({ era }: Rollout): string | undefined {
    const { era: now } = this.telemetry;
    return era !== undefined && now !== era ? now : undefined;
  }

  /** Milliseconds that count towards the stage of the running rollout. */
  elapsed(route: RouteState, rollout: Rollout): number {
    return this.timer.of(route, rollout).elapsed;
  }

  /** An environment of a split by hand that is over the limits of its health check. @throws {UnknownRouteError} */
  failingSplit(alias: string): Examined<FailingSplit> | undefined {
    const route = this.store.route(alias);
    if (runningRollout(route)) return undefined;
    const now = this.clock.now();
    const evidenceOf = (environment: string) =>
      this.telemetry.evidence(alias, environment, route.epoch, route.segment, now);
    const finding = checkSplit(route, evidenceOf, this.defaults.healthCheck);
    return finding && { finding, basis: () => splitBasis(finding) };
  }

  /** Whether a failure of the environment may need an action: it is the canary, or in a split that is checked. */
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
