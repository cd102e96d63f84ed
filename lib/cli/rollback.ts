import type { StatusAnswer } from '../http/control/answers/status.js';
import type { Session } from './session.js';
import type { RouteAct } from './verbs/each-route.js';

/** The environment that a rollback takes out, and whether conversations end with it. */
export interface RollbackFlags {
  readonly environment?: string;
  readonly bound?: 'refuse';
}

/**
 * Rolls a route back, or takes out what is named. The server decides what that means in the route's state, and whether
 * the name is one. Where other routes know the environment, a route without it has nothing to do.
 */
export function rollbackOf(session: Session, routes: readonly StatusAnswer[], flags: RollbackFlags): RouteAct {
  const { environment: named, bound } = flags;
  const isKnown = named !== undefined && routes.some((status) => knows(status, named));
  return async (before) => {
    if (isKnown && !knows(before, named)) return { nothing: `it has no environment "${named}"` };
    const body = { ...session.body(), ...(named !== undefined && { environment: named }), ...(bound && { bound }) };
    const { changed } = await session.client.command(before.route, 'rollback', body);
    return changed === false ? { nothing: whyNothing(before, named) } : undefined;
  };
}

function knows({ environments }: StatusAnswer, name: string): boolean {
  return Object.entries(environments).some(([slot, { display_name }]) => slot === name || display_name === name);
}

function whyNothing({ active, weights, environments }: StatusAnswer, named: string | undefined): string {
  const slot = Object.keys(environments).find((name) => name === named || environments[name]!.display_name === named);
  if (slot !== undefined && slot !== active && !weights[slot]) {
    return `"${slot}" has no traffic. To give it some: blue-green traffic-shift --${slot} 100`;
  }
  return weights[active] === 100
    ? `all of the traffic is on "${active}"`
    : `"${active}" is live, and nothing else is on trial`;
}
