import { withoutTrials, type State } from '../../../lib/domain/state.js';
import { RouteTable } from '../../../lib/routing/route-table.js';
import type { History, LookRecord } from '../history.js';
import type { Rule } from './check.js';
import { Reach } from './reach.js';
import { statesOf } from './states.js';

/**
 * Each replica's table is the fold of the journal up to the revision that it names; in want of news for too long, the same
 * without trials. At the end every replica has all of the journal.
 */
export const tables: Rule = (history) => {
  const states = statesOf(history.entries);
  const reach = new Reach(history);
  return {
    looked: history.looks.length,
    violations: history.looks.flatMap((look) => {
      const problem = problemOf(look, states, reach, history);
      return problem === undefined ? [] : [`${look.life} at revision ${look.revision}: ${problem}`];
    }),
  };
};

function problemOf(
  look: LookRecord,
  states: readonly State[],
  reach: Reach,
  { entries }: Pick<History, 'entries'>,
): string | undefined {
  const state = states[look.revision];
  if (!state) return `the journal ends at revision ${states.length - 1}`;
  if (look.final && look.revision !== entries.length) return `has not caught up with revision ${entries.length}`;
  const has = JSON.stringify(look.routes);
  if (has === textOf(state)) return undefined;
  if (has !== textOf(withoutTrials(state))) return 'its table is not the fold of the journal';
  if (look.final) return 'keeps trials off the traffic, and everything is well';
  return reach.mayHold(look.replica, look.at) ? undefined : 'keeps trials off the traffic, and is connected';
}

function textOf(state: State): string {
  const table = RouteTable.from(state);
  return JSON.stringify(table.aliases.map((alias) => table.get(alias)));
}
