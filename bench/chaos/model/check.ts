import type { History } from '../history.js';
import { answers } from './answers.js';
import { budgets } from './budgets.js';
import { commands } from './commands.js';
import { evidence } from './evidence.js';
import { intruders } from './intruders.js';
import { revisions } from './revisions.js';
import { rollbacks } from './rollbacks.js';
import { steps } from './steps.js';
import { stickiness } from './stickiness.js';
import { tables } from './tables.js';
import { weights } from './weights.js';

/** The verdict of a rule on a history. */
export interface Verdict {
  /** How many things it had to look at: a rule that saw nothing has proved nothing. */
  readonly looked: number;
  readonly violations: readonly string[];
}

export type Rule = (history: History) => Verdict;

/** By name, in the order of the table. */
const RULES: Readonly<Record<string, Rule>> = {
  'every caller got a whole answer or a typed error': answers,
  'weights sum to 100': weights,
  'tables are the fold of the journal': tables,
  'revisions strictly grow, and mean the same everywhere': revisions,
  'what was acknowledged is recorded, once': commands,
  'no step twice': steps,
  'nobody on an environment after its rollback': rollbacks,
  'nobody on an environment 2 s after its evidence': evidence,
  'no other app on the journal': intruders,
  'budgets are not overspent': budgets,
  'sticky units move by the rules alone': stickiness,
};

/** Every rule, over what was recorded. Pure. */
export function check(history: History): ReadonlyMap<string, Verdict> {
  return new Map(Object.entries(RULES).map(([name, rule]) => [name, rule(history)]));
}
