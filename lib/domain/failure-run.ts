/** Units or requests of which some failed. */
export interface FailedOf {
  readonly failed: number;
  readonly total: number;
}

/** Units by the access key that their calls used. A key can invent units, so it matters how many come from one. */
export interface RunUnits {
  /** Units of each access key, in the same order wherever units of one run are counted. Bounded, as the units are. */
  readonly byKey: readonly number[];
  /** Units of calls without an access key. */
  readonly withoutKey: number;
}

/**
 * Units whose requests an environment failed, one after the other, without a success in between: in one process. Calls
 * of different replicas have no common order, and the replica that sees a run has to act at once. A request without a
 * key is its own unit.
 */
export interface FailureRun {
  /** All of them, whatever became of their requests. */
  readonly failures: number;
  /** Those whose request another environment answered, by that environment. Bounded by the configuration. */
  readonly answered: Readonly<Record<string, RunUnits>>;
  /** Those of which another environment was asked, and none answered. */
  readonly unanswered: number;
  /** Those that nobody else could be asked for any more, such as a stream that broke; none of the answered ones. */
  readonly unasked: RunUnits;
  /**
   * Units of the other environments, each by its first request with a verdict: since the run began, and the last thirty
   * requests of the minute before.
   */
  readonly beside: Readonly<Record<string, FailedOf>>;
}

/** The units of both, which have none in common. */
export function together(some: RunUnits, others: RunUnits): RunUnits {
  const keys = Math.max(some.byKey.length, others.byKey.length);
  const byKey = Array.from({ length: keys }, (_, key) => (some.byKey[key] ?? 0) + (others.byKey[key] ?? 0));
  return { byKey, withoutKey: some.withoutKey + others.withoutKey };
}

/**
 * Failures that count after a limit on access keys, which can invent users: each key makes at most half of the units
 * that count. Units of calls inside the app have no key and count in full.
 *
 * @param byKey units that failed, by access key.
 * @param withoutKey units of calls without an access key.
 */
export function fairLength(byKey: Iterable<number>, withoutKey: number): number {
  const counts = [...byKey];
  const all = counts.reduce((sum, count) => sum + count, withoutKey);
  const most = Math.max(0, ...counts);
  return most * 2 <= all ? all : 2 * (all - most);
}
