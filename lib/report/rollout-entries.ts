import type { JournalEntry } from '../domain/events.js';

type Started = Extract<JournalEntry, { readonly type: 'RolloutStarted' }>;

/** One rollout in the journal. */
export interface RolloutEntries {
  readonly started: Started;
  /** All entries, from its start to its end, and notes made meanwhile. */
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
  const since = route.filter(({ revision }) => revision >= started.revision);
  const isOwn = (entry: JournalEntry): boolean => 'rolloutId' in entry && entry.rolloutId === started.rolloutId;
  const end = since.findLast(
    (entry) => isOwn(entry) && (entry.type === 'RolledBack' || entry.type === 'RolloutSucceeded'),
  );
  const last = end?.revision ?? Infinity;
  const entries = since.filter((entry) => isOwn(entry) || (entry.type === 'NoteAdded' && entry.revision < last));
  const outcome = end === undefined ? 'Running' : end.type === 'RolledBack' ? 'RolledBack' : 'Succeeded';
  return { started, entries, outcome, endedAt: end?.at };
}
