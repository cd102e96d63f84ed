import { healthCheckOf } from '../analysis/check-split.js';
import { UnknownRouteError } from '../domain/errors.js';
import type { HealthCheck } from '../domain/route-settings.js';
import type { RouteState } from '../domain/state.js';
import type { ConfiguredRollout } from '../schedule/plan-schema.js';

/** Schedules by route, the health check of their splits, and the start of this process. */
export class RolloutDefaults {
  constructor(
    private readonly byRoute: ReadonlyMap<string, ConfiguredRollout>,
    /** Wall time, milliseconds since the epoch. */
    readonly startedAt: number,
    readonly healthCheck?: HealthCheck | undefined,
  ) {}

  /** @throws {UnknownRouteError} */
  of(alias: string): ConfiguredRollout {
    const configured = this.byRoute.get(alias);
    if (!configured) throw new UnknownRouteError(alias, [...this.byRoute.keys()]);
    return configured;
  }

  /** The health check of the route's split. */
  healthCheckOf(route: RouteState): HealthCheck | undefined {
    return healthCheckOf(route, this.healthCheck);
  }
}
