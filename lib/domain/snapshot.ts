import type { RouteState, State } from './state.js';
import type { RegisteredVersion } from './version.js';

/** A state as JSON: what a journal keeps in place of the entries that it lets go of. */
export interface Snapshot {
  readonly revision: number;
  readonly routes: readonly RouteState[];
  readonly versions: readonly RegisteredVersion[];
}

export function snapshotOf({ revision, routes, versions }: State): Snapshot {
  return { revision, routes: [...routes.values()], versions: [...versions.values()] };
}

export function stateOf({ revision, routes, versions }: Snapshot): State {
  return {
    revision,
    routes: new Map(routes.map((route) => [route.alias, route])),
    versions: new Map(versions.map((registered) => [registered.version.tag, registered])),
  };
}
