import type { EventCounts } from '../../domain/figures.js';
import { logMeanExp } from '../numerics.js';
import { LOG_MULTIPLES, penaltiesAt, penaltiesBelow } from './multiples.js';
import { StartSums, type StartsEvidence } from './start-mixture.js';

/** Requests without the event, by the latest starting point. */
export interface QuietCounts {
  readonly start: number;
  readonly requests: number;
}

/**
 * Evidence that an event is more frequent than a fixed chance, as a mixture over starting points. A unit's events
 * count once since each starting point, its requests without the event count always: one user whose every request
 * fails says no more than one.
 *
 * @param chance greatest chance that is tolerated, in [0, 1]. At 0 one event is proof, at 1 nothing is.
 */
export function logShareEvidence(
  events: Iterable<EventCounts>,
  quiet: Iterable<QuietCounts>,
  chance: number,
): StartsEvidence {
  const sums = new StartSums();
  const penalties = penaltiesAt(Math.min(Math.max(chance, Number.MIN_VALUE), 1));
  for (const { previous, start, events: count } of events) {
    sums.add(
      previous,
      start,
      penalties.map((penalty, j) => count * (LOG_MULTIPLES[j]! - penalty)),
    );
  }
  for (const { start, requests } of quiet)
    sums.add(
      -1,
      start,
      penalties.map((penalty) => -requests * penalty),
    );
  const read = sums.read();
  return chance > 0 ? read : proofBy(events, read);
}

/** One event is proof when it must never happen. */
function proofBy(events: Iterable<EventCounts>, read: StartsEvidence): StartsEvidence {
  const seen = [...events].find(({ events: count }) => count > 0);
  return { ...read, log: seen ? Infinity : 0, loudest: seen ? seen.start : 0 };
}

/** Evidence, from all there is at once, that an event is more frequent than `chance`. A natural logarithm. */
export function logAbove(events: number, total: number, chance: number): number {
  if (chance <= 0) return events > 0 ? Infinity : 0;
  const penalties = penaltiesAt(Math.min(chance, 1));
  return logMeanExp(penalties.map((penalty, j) => events * LOG_MULTIPLES[j]! - total * penalty));
}

/** Evidence that it is rarer. */
export function logBelow(events: number, total: number, chance: number): number {
  if (chance >= 1) return events < total ? Infinity : 0;
  const penalties = penaltiesBelow(Math.max(chance, 0));
  return logMeanExp(penalties.map((penalty, j) => -events * LOG_MULTIPLES[j]! - total * penalty));
}
