import type { JournalEntry } from 'nestjs-blue-green';
import { reduce } from '../../../lib/domain/reduce.js';
import { emptyState, type State } from '../../../lib/domain/state.js';

/** The state behind every revision; the first one is empty. */
export function statesOf(entries: readonly JournalEntry[]): readonly State[] {
  const states: State[] = [emptyState];
  for (const entry of entries) states.push(reduce(states.at(-1)!, entry));
  return states;
}
