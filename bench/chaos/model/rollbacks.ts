import { runningRollout, type State } from '../../../lib/domain/state.js';
import type { History, PlacementRecord } from '../history.js';
import type { Rule } from './check.js';
import { Reach } from './reach.js';
import { statesOf } from './states.js';

interface Rollback {
  readonly route: string;
  readonly environment: string;
  /** At which the traffic was taken away. */
  readonly revision: number;
  /** When somebody first knew that it is done. */
  readonly doneAt: number;
}

/**
 * No request is placed where the weights it went by have nothing for it; and none is placed by weights from before a
 * rollback once the replica has, or should have, got it.
 */
export const rollbacks: Rule = (history) => {
  const states = statesOf(history.entries);
  const reach = new Reach(history);
  const done = rollbacksIn(history, states);
  const violations: string[] = [];
  for (const placement of history.placements) {
    const { requestId, life, environment, segment } = placement;
    // By the table of a process that has taken a canary out by itself: those are looked at by the rule on evidence.
    if (segment === 0) continue;
    const state = states[segment];
    if (!hasShare(placement, state, reach)) {
      violations.push(`${requestId} on ${life}: "${environment}" has no share since revision ${segment}`);
    }
    const late = done.find((rollback) => isLate(placement, state, rollback, reach));
    if (late) {
      const ms = Math.round(placement.at - late.doneAt);
      violations.push(`${requestId} on ${life}: on "${environment}" ${ms} ms behind revision ${late.revision}`);
    }
  }
  return { looked: history.placements.length, violations };
};

function rollbacksIn({ entries, news }: History, states: readonly State[]): Rollback[] {
  const knownAt = new Map<number, number>();
  for (const { at, entry } of news) {
    knownAt.set(entry.revision, Math.min(at, knownAt.get(entry.revision) ?? Number.POSITIVE_INFINITY));
  }
  const aborted = new Map<string, number>();
  return entries.flatMap((entry): Rollback[] => {
    if (entry.type === 'RolloutAborted') aborted.set(entry.rolloutId, entry.revision);
    if (entry.type !== 'RolledBack') return [];
    const rollout = states[entry.revision]?.routes.get(entry.route)?.rollout;
    const doneAt = knownAt.get(entry.revision);
    const revision = aborted.get(entry.rolloutId);
    if (!rollout || doneAt === undefined || revision === undefined) return [];
    return [{ route: entry.route, environment: rollout.to, revision, doneAt }];
  });
}

function hasShare(
  { route: alias, environment, replica, at }: PlacementRecord,
  state: State | undefined,
  reach: Reach,
): boolean {
  const route = state?.routes.get(alias);
  if (!route) return false;
  if ((route.weights[environment] ?? 0) > 0) return true;
  // In want of news its trial's share went to where the rollout came from.
  return route.rollout?.from === environment && reach.mayHold(replica, at);
}

function isLate(placement: PlacementRecord, state: State | undefined, rollback: Rollback, reach: Reach): boolean {
  const { route: alias, environment, replica, segment } = placement;
  const isMeant = alias === rollback.route && environment === rollback.environment;
  if (!isMeant || segment >= rollback.revision) return false;
  // Only who knows that it is being tried can take it off the traffic by himself.
  const route = state?.routes.get(alias);
  const isTrial = route !== undefined && runningRollout(route)?.to === environment;
  return placement.at > reach.mayBeStale(replica, rollback.doneAt, isTrial);
}
