import { foresee, type PlannedSplit } from '../analysis/step-sights.js';
import type { RouteState } from '../domain/state.js';
import type { Foresight } from '../domain/step-sight.js';
import type { Clock } from '../kit/clock.js';
import { sumOf, type VersionHistory } from '../telemetry/version-history.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/**
 * Says before a rollout what its steps can find, by the traffic of the last hour or of the part of it that is known.
 */
export class Foresights {
  constructor(
    private readonly history: VersionHistory,
    private readonly clock: Clock,
  ) {}

  /** @param rollout as it is about to start. */
  of({ alias: route, environments }: Pick<RouteState, 'alias' | 'environments'>, rollout: PlannedSplit): Foresight {
    const now = this.clock.now();
    const arms = Object.entries(environments).map(([environment, { version }]) => ({
      environment,
      slices: this.history.slices({ route, environment, version: version.tag }, now - HOUR),
    }));
    const since = Math.min(now, ...arms.flatMap(({ slices }) => slices.map(({ start }) => start)));
    const length = Math.min(Math.max(now - since, MINUTE), HOUR);
    const requests = arms.reduce((sum, { slices }) => sum + sumOf(slices).summary().requests, 0);
    const live = arms.find(({ environment }) => environment === rollout.from);
    const { errors: failed, judged: total } = sumOf(live?.slices ?? []).summary();
    return foresee(rollout, { requestsPerHour: (requests * HOUR) / length, live: { failed, total } });
  }
}
