/** A share of a month's budget is spent. Raised once a month for each share, by one process of all. */
export interface SpendAlert {
  readonly type: 'spend';
  /** `app`, or the route whose budget it is. */
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
  /** The share that was reached; 100 also when what is left does not cover a call any more. */
  readonly percent: number;
}
