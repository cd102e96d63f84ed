import type { LiveRouteTable } from '../routing/live-route-table.js';
import type { AttemptDeps } from '../router/attempt-of.js';

/** What a mirror and its comparison need to ask anybody. */
export interface MirrorDeps extends AttemptDeps {
  readonly table: LiveRouteTable;
}
