import type { JournalEntry } from '../domain/events.js';

type Started = Extract<JournalEntry, { readonly type: 'RolloutStarted' }>;

/** One rollout in the journal. */
export interface RolloutEntries {
  readonly started: Started;
  /** All entries, from its start to its end. */
  readonly entries: readonly JournalEntry[];
  /** `Running` until it has ended. */
  readonly outcome: 'Succeeded' | 'RolledBack' | 'Running';
  /** Wall time in milliseconds; absent while it runs. */
  readonly endedAt: number | undefined;
}

/**
 * Finds a rollout in the entries of its route.
 *
 * @param rolloutId default: the newest.
 * @returns `undefined` when its start is not among them.
 */
export function rolloutEntries(route: readonly JournalEntry[], rolloutId?: string): RolloutEntries | undefined {
  const started = route.findLast(
    (entry): entry is Started =>
      entry.type === 'RolloutStarted' && (rolloutId === undefined || entry.rolloutId === rolloutId),
  );
  if (!started) return undefined;
  const own = route.filter(
    (entry) => entry.revision >= started.revision && 'rolloutId' in entry && entry.rolloutId === started.rolloutId,
  );
  const end = own.findLast(({ type }) => type === 'RolledBack' || type === 'RolloutSucceeded');
  const outcome = end === undefined ? 'Running' : end.type === 'RolledBack' ? 'RolledBack' : 'Succeeded';
  return { started, entries: own, outcome, endedAt: end?.at };
}
