import type { Counters } from './tally.js';
import type { UnitClaim } from './unit-claims.js';

/** How far a replica has read. Opaque; {@link FROM_THE_START} begins. */
export interface FigureCursor {
  /** Which life of the store: another one has none of the figures of this one. */
  readonly era: string;
  readonly exchange: number;
}

export const FROM_THE_START: FigureCursor = { era: '', exchange: 0 };

/** What one replica has to tell. */
export interface FigureReport {
  readonly replica: string;
  /**
   * Rises by one with every report that is new. The same number again has the same to add again: it is not added twice.
   */
  readonly sequence: number;
  /** What to add, by key. */
  readonly deltas: ReadonlyMap<string, Counters>;
  /** Units to count, each unless it was claimed before among its kind. The sums named here are news, changed or not. */
  readonly claims: readonly UnitClaim[];
  /** Milliseconds for which a provider still wants to be left alone: told of as often as need be. */
  readonly waits: ReadonlyMap<string, number>;
}

/** What the store answers. */
export interface FigureNews {
  readonly cursor: FigureCursor;
  /** Whole sums, over all replicas, of what has changed since the cursor that was given. */
  readonly changed: ReadonlyMap<string, Counters>;
  /** The store cannot go on from the cursor that was given: all that it knows is in `changed`, or comes after it. */
  readonly startsOver: boolean;
  /** There is more behind `cursor`. */
  readonly more: boolean;
  /** Wall time of the store, milliseconds: the one clock that all replicas have in common. */
  readonly time: number;
  /** Waits that are not over, of all replicas, with the milliseconds that are left. */
  readonly waits: ReadonlyMap<string, number>;
}

/** Where replicas add up their figures. */
export interface FigureStore {
  /** Adds the report and answers with the news since `cursor`, in one step. Rejects when it is not sure to have. */
  exchange(report: FigureReport, cursor: FigureCursor): Promise<FigureNews>;
}
