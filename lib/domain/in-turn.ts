import type { Command } from './command.js';
import type { BlueGreenEvent } from './events.js';
import { reduce } from './reduce.js';
import { emptyState, type RouteState, type State } from './state.js';

/**
 * Runs several commands as one, each on the state that the one before it leaves. If one is refused, none takes effect.
 */
export function inTurn(...commands: readonly Command[]): Command {
  return (route) => {
    const events: BlueGreenEvent[] = [];
    let state = route;
    for (const command of commands) {
      const next = command(state);
      state = withEvents(state, next);
      events.push(...next);
    }
    return events;
  };
}

/** The route as a command would leave it. Nothing is recorded. */
export function outcomeOf(command: Command, route: RouteState): RouteState {
  return withEvents(route, command(route));
}

/** Time and actor are not known yet. No command depends on them. */
const UNRECORDED = { at: 0, actor: '', reason: '', evidence: [] };

function withEvents(route: RouteState, events: readonly BlueGreenEvent[]): RouteState {
  const routes = new Map([[route.alias, route]]);
  let state: State = { ...emptyState, revision: Math.max(route.epoch, route.segment), routes };
  for (const event of events) state = reduce(state, { ...event, ...UNRECORDED, revision: state.revision + 1 });
  return state.routes.get(route.alias)!;
}
