import { withoutTrials, type State } from '../../../lib/domain/state.js';
import type { LocalRollback } from '../../../lib/domain/local-rollback.js';
import { EVERYTHING, RouteTable } from '../../../lib/routing/route-table.js';
import type { History, LookRecord } from '../history.js';
import type { Rule } from './check.js';
import { Reach } from './reach.js';
import { statesOf } from './states.js';

/** Milliseconds from a rollback to its record, at the rate at which a replica tries. */
const RECORDED_WITHIN = 5_000;

/**
 * Each replica's table is the fold of the journal up to the revision that it names; in want of news for too long, the
 * same without trials, or without a canary that it took out by itself. At the end every replica has all of the journal.
 */
export const tables: Rule = (history) => {
  const states = statesOf(history.entries);
  const reach = new Reach(history);
  /** By process, the first of its looks in a row at which it kept a canary out by itself. */
  const alone = new Map<string, number>();
  return {
    looked: history.looks.length,
    violations: history.looks.flatMap((look) => {
      const since = localIn(look).size > 0 ? (alone.get(look.life) ?? look.at) : undefined;
      if (since === undefined) alone.delete(look.life);
      else alone.set(look.life, since);
      const problem = problemOf(look, states, reach, history, since);
      return problem === undefined ? [] : [`${look.life} at revision ${look.revision}: ${problem}`];
    }),
  };
};

function problemOf(
  look: LookRecord,
  states: readonly State[],
  reach: Reach,
  { entries }: Pick<History, 'entries'>,
  since = look.at,
): string | undefined {
  const state = states[look.revision];
  if (!state) return `the journal ends at revision ${states.length - 1}`;
  if (look.final && look.revision !== entries.length) return `has not caught up with revision ${entries.length}`;
  const has = JSON.stringify(look.routes);
  const local = localIn(look);
  if (local.size > 0 && look.final) return 'keeps a canary out by itself, and everything is well';
  const isLong = look.at - since > RECORDED_WITHIN;
  if (isLong && reach.isConnected(look.replica, look.at - RECORDED_WITHIN, look.at))
    return 'keeps a canary out by itself, and is connected';
  if (has === textOf(state, local)) return undefined;
  if (has !== textOf(withoutTrials(state), local)) return 'its table is not the fold of the journal';
  if (look.final) return 'keeps trials off the traffic, and everything is well';
  return reach.mayHold(look.replica, look.at) ? undefined : 'keeps trials off the traffic, and is connected';
}

/** The canary that the replica says it has taken out by itself: the rest of the table follows from that. */
function localIn({ routes }: LookRecord): ReadonlyMap<string, LocalRollback> {
  return new Map(routes.flatMap(({ alias, local }) => (local ? [[alias, local] as const] : [])));
}

function textOf(state: State, local: ReadonlyMap<string, LocalRollback>): string {
  const table = RouteTable.from(state, undefined, EVERYTHING, local);
  return JSON.stringify(table.aliases.map((alias) => table.get(alias)));
}
