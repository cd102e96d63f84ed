import type { JournalEntry } from 'nestjs-blue-green';
import type { CommandRecord } from '../history.js';
import type { Rule } from './check.js';

/** Refusals after which nobody knows whether the command was recorded. */
const OPEN = new Set(['unknown', 'journal_unavailable']);
/** Commands that always change something when they are taken. */
const ALWAYS_RECORDED = new Set(['start', 'weights']);

/**
 * What was acknowledged is in the journal, once; what was refused is not there at all. What ended without a word may be
 * there or not, but never twice.
 */
export const commands: Rule = (history) => {
  const byReason = new Map<string, JournalEntry[]>();
  for (const entry of history.entries) {
    const known = byReason.get(entry.reason);
    if (known) known.push(entry);
    else byReason.set(entry.reason, [entry]);
  }
  return {
    looked: history.commands.length,
    violations: history.commands.flatMap((command) => {
      const problem = problemOf(command, byReason.get(command.reason) ?? []);
      return problem === undefined ? [] : [`${command.reason} (${command.kind}, ${command.outcome}): ${problem}`];
    }),
  };
};

function problemOf({ kind, outcome, isLast }: CommandRecord, entries: readonly JournalEntry[]): string | undefined {
  const types = entries.map(({ type }) => type);
  if (new Set(types).size < types.length) return `recorded more than once: ${types.join(', ')}`;
  if (isLast && outcome !== 'done') return 'refused when all was well again';
  if (outcome === 'done') {
    return ALWAYS_RECORDED.has(kind) && entries.length === 0 ? 'acknowledged, and not in the journal' : undefined;
  }
  return entries.length > 0 && !OPEN.has(outcome) ? 'refused, and in the journal' : undefined;
}
