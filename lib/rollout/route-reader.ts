import type { Decision } from '../analysis/decide.js';
import type { HealthCheck } from '../domain/route-settings.js';
import type { Clock } from '../kit/clock.js';
import type { FleetFigures } from '../telemetry/fleet-figures.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { RolloutDefaults } from './rollout-defaults.js';
import type { RouteAnalysis } from './route-analysis.js';
import { statusOf, type RouteStatus } from './route-status.js';
import type { StateStore } from './state-store.js';

/** Reads the status of routes. Changes nothing. */
export class RouteReader {
  /** @param fleet absent where the process is alone. */
  constructor(
    private readonly store: StateStore,
    private readonly telemetry: Telemetry,
    private readonly defaults: RolloutDefaults,
    private readonly analysis: RouteAnalysis,
    private readonly clock: Clock,
    private readonly fleet?: FleetFigures,
  ) {}

  status(alias: string): RouteStatus {
    return statusOf({
      route: this.store.route(alias),
      revision: this.store.state.revision,
      decision: this.evaluate(alias),
      telemetry: this.telemetry,
      startedAt: this.defaults.startedAt,
      figuresAge: this.fleet?.age,
      takenOut: this.store.takenOut(alias),
      now: this.clock.now(),
    });
  }

  evaluate(alias: string): Decision | undefined {
    return this.analysis.decision(alias)?.finding;
  }

  healthCheckOf(alias: string): HealthCheck | undefined {
    return this.defaults.healthCheckOf(this.store.route(alias));
  }
}
