import { UnknownRouteError } from '../domain/errors.js';
import type { ConfiguredRollout } from './plan-schema.js';

/** Schedules by route, and when this process began. */
export class RolloutDefaults {
  constructor(
    private readonly byRoute: ReadonlyMap<string, ConfiguredRollout>,
    /** Wall time, milliseconds since the epoch. */
    readonly startedAt: number,
  ) {}

  /** @throws {UnknownRouteError} */
  of(alias: string): ConfiguredRollout {
    const configured = this.byRoute.get(alias);
    if (!configured) throw new UnknownRouteError(alias, [...this.byRoute.keys()]);
    return configured;
  }
}
