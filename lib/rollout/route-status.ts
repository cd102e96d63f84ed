import type { Decision } from '../analysis/decide.js';
import type { LocalRollback } from '../domain/local-rollback.js';
import { pauseInWords, runningRollout, type Phase, type RouteState } from '../domain/state.js';
import type { PreflightRecord, WarmUpReport } from '../domain/readiness.js';
import type { Foresight } from '../domain/step-sight.js';
import { onTrial as environmentsOnTrial, rollbackTarget } from '../domain/rollback-commands.js';
import { revertedVersion } from '../domain/reverted-versions.js';
import { weightOf, type Weights } from '../domain/weights.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { metricsOf, type Metrics } from './metrics-of.js';
import { statusWarnings, thinningWarnings } from './status-warnings.js';

export interface EnvironmentStatus {
  readonly displayName: string;
  readonly version: string;
  readonly model: string;
  /** Percent of the traffic by the weights. */
  readonly weight: number;
  /** Percent of the requests that `total` counts. */
  readonly share: number;
  /** Since its version's first request: of the fleet if replicas share their figures, else of this process. */
  readonly total: Metrics;
  /** Over the rolling window. */
  readonly recent: Metrics;
}

export interface RolloutStatus {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly phase: Phase;
  /** Steps of the schedule. */
  readonly steps: number;
  readonly startedAt: number;
  /** The decision of the gates right now; absent when the rollout has ended. */
  readonly decision: Decision | undefined;
  /** The reason why it waits, or how it ended, in one sentence. */
  readonly waitsFor: string;
  /** Wall time at which its phase began, moved on by time spent paused. */
  readonly since: number;
  /** Wall time until which it waits, if known. */
  readonly until: number | undefined;
  /** The pre-flight report; absent when pre-flight is switched off. */
  readonly preflight: PreflightRecord | undefined;
  /** The faults that its steps can find, by the traffic before it. Absent when an older release started it. */
  readonly sight: Foresight | undefined;
  /** How its warm-up went, once that has passed. */
  readonly warmUp: WarmUpReport | undefined;
}

export interface RouteStatus {
  readonly route: string;
  readonly revision: number;
  /** The environment that is live. */
  readonly active: string;
  readonly weights: Weights;
  /** Whether a rollout runs, or an environment beside the live one has traffic by hand. */
  readonly canaryActive: boolean;
  /** Weight of the canary, or of what was split off by hand, percent; 0 without either. */
  readonly canaryPercentage: number;
  /** The environment that a rollback would return the traffic to; absent when it would change nothing. */
  readonly rollbackTo: string | undefined;
  readonly environments: Readonly<Record<string, EnvironmentStatus>>;
  readonly rollout: RolloutStatus | undefined;
  /**
   * When this process started and when the active environment last changed: wall times, milliseconds since the epoch.
   */
  readonly startedAt: number;
  readonly lastSwitchAt: number | undefined;
  /**
   * Milliseconds since the last exchange of figures with other replicas; absent without replicas, and before the first
   * exchange.
   */
  readonly figuresAge: number | undefined;
  /** Warnings, as sentences. */
  readonly warnings: readonly string[];
}

export interface StatusSource {
  readonly route: RouteState;
  readonly revision: number;
  readonly decision: Decision | undefined;
  readonly telemetry: Telemetry;
  readonly startedAt: number;
  readonly figuresAge: number | undefined;
  /** The canary that this process alone has taken out. */
  readonly takenOut: LocalRollback | undefined;
  readonly now: number;
}

export function statusOf({
  route,
  revision,
  decision,
  telemetry,
  startedAt,
  figuresAge,
  takenOut,
  now,
}: StatusSource): RouteStatus {
  const { alias, rollout, weights } = route;
  const running = runningRollout(route);
  const onTrial = running ? [running.to] : environmentsOnTrial(route);
  const entries = Object.entries(route.environments).map(([name, { displayName, version }]) => ({
    name,
    displayName,
    version,
    total: telemetry.total(alias, name, version.tag),
    recent: telemetry.recent(alias, name, version.tag, now),
  }));
  const again = onTrial.flatMap((name) => revertedVersion(route, name) ?? []);
  const requests = entries.reduce((sum, { total }) => sum + total.requests, 0);
  const environments = entries.map(({ name, displayName, version, total, recent }): [string, EnvironmentStatus] => [
    name,
    {
      displayName,
      version: version.tag,
      model: version.model,
      weight: weights[name] ?? 0,
      share: requests === 0 ? 0 : (total.requests / requests) * 100,
      total: metricsOf(total),
      recent: metricsOf(recent),
    },
  ]);
  return {
    route: alias,
    revision,
    active: route.active,
    weights,
    canaryActive: onTrial.length > 0,
    canaryPercentage: onTrial.reduce((sum, name) => sum + weightOf(weights, name), 0),
    rollbackTo: rollbackTarget(route),
    environments: Object.fromEntries(environments),
    rollout: rollout && {
      id: rollout.id,
      from: rollout.from,
      to: rollout.to,
      phase: rollout.phase,
      steps: rollout.plan.steps.length,
      startedAt: rollout.startedAt,
      decision,
      waitsFor: waitsFor(rollout.phase, decision, weightOf(weights, rollout.from)),
      since: rollout.phase.since,
      until: decision?.until,
      preflight: rollout.preflight,
      sight: rollout.sight,
      warmUp: rollout.warmUp,
    },
    startedAt,
    lastSwitchAt: route.lastSwitchAt,
    figuresAge,
    warnings: [
      ...statusWarnings(entries, takenOut, again),
      ...(running?.sight?.warnings ?? []),
      ...(running ? thinningWarnings(route, running, telemetry) : []),
    ],
  };
}

function waitsFor(phase: Phase, decision: Decision | undefined, left: number): string {
  switch (phase.name) {
    case 'Aborting':
    case 'RolledBack':
      return phase.reason;
    case 'Succeeded':
      if (phase.weight === 0) return 'ended: it was lowered to 0%';
      return phase.weight !== undefined && left > 0 ? `complete at ${phase.weight}%` : 'it has all of the traffic';
    case 'Paused':
      if (phase.reason === 'Manual') return pauseInWords(phase);
      if (phase.reason === 'AwaitingApproval') return 'an approval';
      return `paused, ${decision?.reason ?? phase.reason}`;
    default:
      return decision?.reason ?? '';
  }
}
