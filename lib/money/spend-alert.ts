/** A share of a month's budget is spent. Raised once a month per share, by one process of the fleet. */
export interface SpendAlert {
  readonly type: 'spend';
  /** Whether it is the app's budget or a route's. */
  readonly scope: 'app' | 'route';
  /** Absent for the app's budget. */
  readonly route?: string | undefined;
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  /** One sentence for people. */
  readonly message: string;
  /** US dollars per calendar month (UTC). */
  readonly limit: number;
  /** US dollars, this month. */
  readonly spent: number;
  /** The share that was reached. 100 also means that the rest does not cover a call any more. */
  readonly percent: number;
}
