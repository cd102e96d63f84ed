import type { PriceOf } from '../domain/usage.js';
import type { AttemptDeps } from '../router/attempt-of.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';

/** The dependencies of a mirror and its comparison. */
export interface MirrorDeps extends AttemptDeps {
  readonly table: LiveRouteTable;
  readonly priceOf: PriceOf;
}
