import type { Placed } from '../kit/least-used.js';
import type { Tally } from './tally.js';

/** One sum, in parts. */
export interface Figure {
  /** Counts of all replicas, from the last exchange. */
  base?: Tally;
  /** Counts of this process on the way to the store. */
  sent?: Tally;
  /** Counts of this process since then. */
  own?: Tally;
}

export interface Series extends Placed {
  readonly name: string;
  readonly slices: Map<number, Figure>;
  /** It is not forgotten for lack of room. */
  isPinned: boolean;
}

export const NO_SLICES: ReadonlyMap<number, Figure> = new Map();

export function keyOf(series: string, slice: number): string {
  return `${series}#${slice}`;
}

export function mergeAll(sum: Tally, { base, sent, own }: Figure): void {
  for (const part of [base, sent, own]) if (part) sum.merge(part);
}
