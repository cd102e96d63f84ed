import { LAST_START, STARTS } from '../../domain/timetable.js';
import { logSumExp } from '../numerics.js';
import { ALTERNATIVES } from './multiples.js';

/** Half of the weight is on the beginning; the later ones share the other half. Fixed, whatever number is reached. */
export const LOG_START_WEIGHTS: readonly number[] = Array.from({ length: STARTS }, (_, start) =>
  Math.log(start === 0 ? 0.5 : 0.5 / LAST_START),
);

const LOG_ALTERNATIVES = Math.log(ALTERNATIVES);

/** The evidence of all starting points together. */
export interface StartsEvidence {
  /** Natural logarithm of the mixture: an e-value. */
  readonly log: number;
  /** The starting point that adds most to it. */
  readonly loudest: number;
  /** Evidence by starting point, natural logarithms; 0 for those that were not reached. */
  readonly byStart: readonly number[];
}

/**
 * Adds up, for every starting point, the log likelihood ratios of events that count for a range of them. An event
 * counts for all starting points after the unit's previous event, up to the latest one begun.
 */
export class StartSums {
  /** By starting point and alternative, the change from the starting point before. */
  readonly #changes = new Float64Array((STARTS + 1) * ALTERNATIVES);

  /**
   * @param previous latest starting point at the unit's previous event; −1: it had none.
   * @param start latest starting point at this event.
   * @param gains what the events add to each alternative.
   */
  add(previous: number, start: number, gains: ArrayLike<number>): void {
    const from = Math.max(previous + 1, 0);
    const to = Math.min(start, LAST_START);
    if (!(from <= to)) return;
    for (let j = 0; j < ALTERNATIVES; j++) {
      const gained = gains[j]!;
      this.#changes[from * ALTERNATIVES + j]! += gained;
      this.#changes[(to + 1) * ALTERNATIVES + j]! -= gained;
    }
  }

  /**
   * By alternative, what it adds to the mixture over the starting points up to `latest`: natural logarithms. An event
   * of a unit without any before changes each of them by its gain, and nothing else.
   */
  byAlternative(latest: number): number[] {
    const logs = Array.from({ length: ALTERNATIVES }, (): number[] => []);
    const sums = new Float64Array(ALTERNATIVES);
    for (let start = 0; start <= latest; start++) {
      for (let j = 0; j < ALTERNATIVES; j++) {
        sums[j]! += this.#changes[start * ALTERNATIVES + j]!;
        logs[j]!.push(LOG_START_WEIGHTS[start]! + sums[j]! - LOG_ALTERNATIVES);
      }
    }
    return logs.map(logSumExp);
  }

  read(): StartsEvidence {
    const sums = new Float64Array(ALTERNATIVES);
    const byStart: number[] = [];
    let evidence = 0;
    for (let start = 0; start < STARTS; start++) {
      let hasChanged = false;
      for (let j = 0; j < ALTERNATIVES; j++) {
        const change = this.#changes[start * ALTERNATIVES + j]!;
        if (change === 0) continue;
        sums[j]! += change;
        hasChanged = true;
      }
      if (hasChanged) evidence = logMean(sums);
      byStart.push(evidence);
    }
    return mixStarts(byStart);
  }
}

/** The mixture of e-processes that began at the starting points, each given by its natural logarithm. */
function mixStarts(byStart: readonly number[]): StartsEvidence {
  const weighted = LOG_START_WEIGHTS.map((weight, start) => weight + (byStart[start] ?? 0));
  const loudest = weighted.reduce((best, value, start) => (value > weighted[best]! ? start : best), 0);
  return { log: logSumExp(weighted), loudest, byStart };
}

/** As `logMeanExp`, without an array for each of the starting points. */
function logMean(logs: Float64Array): number {
  let most = -Infinity;
  for (let j = 0; j < ALTERNATIVES; j++) most = Math.max(most, logs[j]!);
  let sum = 0;
  for (let j = 0; j < ALTERNATIVES; j++) sum += Math.exp(logs[j]! - most);
  return most + Math.log(sum / ALTERNATIVES);
}
