import type { Counters } from './tally.js';
import type { UnitClaim } from './unit-claims.js';

/** The position up to which a replica has read. Opaque; {@link FROM_THE_START} is the first. */
export interface FigureCursor {
  /** A store that lost its data has a new era, without the figures of the old one. */
  readonly era: string;
  readonly exchange: number;
}

export const FROM_THE_START: FigureCursor = { era: '', exchange: 0 };

/** The report of one replica. */
export interface FigureReport {
  readonly replica: string;
  /** Rises by one with every new report. A report with a known number is a repetition, and is not added twice. */
  readonly sequence: number;
  /** Sums to add, by key. */
  readonly deltas: ReadonlyMap<string, Counters>;
  /** Units to count, unless claimed before. The sums named here come back as news, changed or not. */
  readonly claims: readonly UnitClaim[];
  /** Milliseconds for which a provider must not be asked. May be reported repeatedly. */
  readonly waits: ReadonlyMap<string, number>;
}

/** The answer of the store. */
export interface FigureNews {
  readonly cursor: FigureCursor;
  /** Whole sums, over all replicas, that have changed since the given cursor. */
  readonly changed: ReadonlyMap<string, Counters>;
  /** The store does not know the given cursor: it starts over, with all of its sums. */
  readonly startsOver: boolean;
  /** There is more after `cursor`. */
  readonly more: boolean;
  /** Wall time of the store, milliseconds: the common clock of all replicas. */
  readonly time: number;
  /** Waits of all replicas that are not over, with the milliseconds left. */
  readonly waits: ReadonlyMap<string, number>;
}

/** A store in which replicas add up their figures. */
export interface FigureStore {
  /** Adds the report and answers with the news since `cursor`, in one step. Rejects when that is not certain. */
  exchange(report: FigureReport, cursor: FigureCursor): Promise<FigureNews>;
}
