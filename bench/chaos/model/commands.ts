import type { JournalEntry } from 'nestjs-blue-green';
import type { CommandRecord, History } from '../history.js';
import type { Rule } from './check.js';

/** Refusals after which nobody knows whether the command was recorded. */
const OPEN = new Set(['unknown', 'journal_unavailable']);
/** Commands that always change something when they are taken; a start does, unless the same rollout is under way. */
const ALWAYS_RECORDED = new Set(['start', 'weights']);
const ENDS = new Set(['RolledBack', 'RolloutSucceeded']);

/**
 * An acknowledged command is in the journal, once; a refused one is not there at all. One that ended without a word may
 * be there or not, but never twice.
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
      const entries = byReason.get(command.reason) ?? [];
      const isRepeated = command.kind === 'start' && command.outcome === 'done' && isUnderWay(command, history);
      const problem = isRepeated && entries.length === 0 ? undefined : problemOf(command, entries);
      return problem === undefined ? [] : [`${command.reason} (${command.kind}, ${command.outcome}): ${problem}`];
    }),
  };
};

/** Whether any rollout was under way while the command was. */
function isUnderWay({ at, endedAt }: CommandRecord, { news }: History): boolean {
  const began = new Map<string, number>();
  const ended = new Map<string, number>();
  for (const { at: heardAt, entry } of news) {
    if (entry.type === 'RolloutStarted') put(began, entry.rolloutId, heardAt);
    else if (ENDS.has(entry.type) && 'rolloutId' in entry) put(ended, entry.rolloutId, heardAt);
  }
  return [...began].some(([id, from]) => from <= endedAt && (ended.get(id) ?? Infinity) >= at);
}

/** The earliest. */
function put(times: Map<string, number>, id: string, at: number): void {
  times.set(id, Math.min(at, times.get(id) ?? Infinity));
}

function problemOf({ kind, outcome, isLast }: CommandRecord, entries: readonly JournalEntry[]): string | undefined {
  const types = entries.map(({ type }) => type);
  if (new Set(types).size < types.length) return `recorded more than once: ${types.join(', ')}`;
  if (isLast && outcome !== 'done') return 'refused when all was well again';
  if (outcome === 'done') {
    return ALWAYS_RECORDED.has(kind) && entries.length === 0 ? 'acknowledged, and not in the journal' : undefined;
  }
  return entries.length > 0 && !OPEN.has(outcome) ? 'refused, and in the journal' : undefined;
}
