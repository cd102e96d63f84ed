import type { PriceOf } from '../domain/usage.js';
import type { AttemptDeps } from '../router/attempt-of.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';

/** What a mirror and its comparison need to ask an environment. */
export interface MirrorDeps extends AttemptDeps {
  readonly table: LiveRouteTable;
  readonly priceOf: PriceOf;
}
