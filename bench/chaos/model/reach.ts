import type { Away, History } from '../history.js';

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Times at which each replica could get changes. */
export class Reach {
  /** By replica, disturbances and the recovery behind them, those that touch made one. */
  readonly #disturbed = new Map<string, Stretch[]>();

  constructor(private readonly history: Pick<History, 'away' | 'limits'>) {
    const { away, limits } = history;
    for (const replica of new Set(away.map((one) => one.replica))) {
      const own = away.filter((one) => one.replica === replica);
      this.#disturbed.set(replica, merged(own.map(({ from, to }) => ({ from, to: to + limits.recovery }))));
    }
  }

  /**
   * Until when a replica may route by what was true before `at`.
   *
   * @param isTrial it is about an environment that the replica knows to be on trial.
   */
  mayBeStale(replica: string, at: number, isTrial: boolean): number {
    const { propagation, maxStaleness, detection } = this.history.limits;
    const usual = at + propagation;
    const disturbed = (this.#disturbed.get(replica) ?? []).find(({ from, to }) => from <= usual && to > at);
    if (!disturbed) return usual;
    const cut = isTrial && this.#cutsOf(replica).find(({ from, to }) => from <= usual && to > at);
    const knows = Math.max(disturbed.to, usual);
    // Cut off for so long that it has taken trials off the traffic by itself, and stays so until it knows.
    return cut ? Math.min(knows, Math.max(usual, cut.from + maxStaleness + detection)) : knows;
  }

  /** Whether a replica may have taken trials off the traffic for want of news. */
  mayHold(replica: string, at: number): boolean {
    const { maxStaleness, recovery } = this.history.limits;
    const isDue = ({ from, to }: Stretch): boolean => at >= from + maxStaleness && at <= to;
    return (this.#disturbed.get(replica) ?? []).some(isDue) || this.#frozenUntil(replica, at, recovery);
  }

  /** Whether it could talk to Redis for all of that time. */
  isConnected(replica: string, from: number, to: number): boolean {
    return !(this.#disturbed.get(replica) ?? []).some((one) => one.from <= to && one.to > from);
  }

  #cutsOf(replica: string): Stretch[] {
    return merged(this.history.away.filter((one) => one.replica === replica && !one.frozen));
  }

  #frozenUntil(replica: string, at: number, recovery: number): boolean {
    const isOver = ({ from, to }: Away): boolean => at >= from && at <= to + recovery;
    return this.history.away.some((one) => one.replica === replica && one.frozen === true && isOver(one));
  }
}

function merged(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && from <= last.to) result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}
