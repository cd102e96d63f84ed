import { Cron } from 'croner';
import type { ScheduleWindow } from '../domain/plan.js';

const MINUTE = 60_000;
/** Patterns that are kept parsed: those of the schedules under way. Beyond it the oldest is parsed again. */
const MAX_PATTERNS = 64;
const parsed = new Map<string, Cron>();
/** Verdicts of patterns that were looked at, likewise: a schedule is read more than once. */
const verdicts = new Map<string, string | undefined>();

/** The problem with a schedule window, in half a sentence; `undefined` when it can be used. */
export function windowProblem(window: ScheduleWindow): string | undefined {
  const key = keyOf(window);
  if (!verdicts.has(key)) verdicts.set(key, foundIn(window));
  if (verdicts.size > MAX_PATTERNS) verdicts.delete(verdicts.keys().next().value!);
  return verdicts.get(key);
}

function foundIn({ cron, tz }: ScheduleWindow): string | undefined {
  // A nickname is one moment, as @daily is the minute after midnight.
  if (cron.trim().startsWith('@')) return 'is a moment, not a window';
  try {
    const pattern = patternOf({ cron, tz });
    // The parser also takes a date: a single minute, and none at all once it is over.
    if (pattern.getOnce()) return 'is a date, not a pattern';
    return pattern.nextRun() ? undefined : 'never opens';
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * Whether one of the windows is open, and if not, when the next one opens.
 *
 * @param now wall time, milliseconds.
 */
export function openingOf(
  windows: readonly ScheduleWindow[],
  now: number,
): { isOpen: boolean; opensAt: number | undefined } {
  const minute = new Date(Math.floor(now / MINUTE) * MINUTE);
  const patterns = windows.map(patternOf);
  if (patterns.length === 0 || patterns.some((pattern) => pattern.match(minute))) {
    return { isOpen: true, opensAt: undefined };
  }
  const openings = patterns.flatMap((pattern) => pattern.nextRun(minute)?.getTime() ?? []);
  return { isOpen: false, opensAt: openings.length > 0 ? Math.min(...openings) : undefined };
}

/** @throws when the pattern cannot be read. */
function patternOf(window: ScheduleWindow): Cron {
  const { cron, tz } = window;
  const key = keyOf(window);
  const known = parsed.get(key) ?? new Cron(cron, { timezone: tz, mode: '5-part' });
  parsed.delete(key);
  parsed.set(key, known);
  if (parsed.size > MAX_PATTERNS) parsed.delete(parsed.keys().next().value!);
  return known;
}

function keyOf({ cron, tz }: ScheduleWindow): string {
  return `${tz} ${cron}`;
}
