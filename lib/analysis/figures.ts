/** Times of one environment, milliseconds. */
export interface Times {
  readonly count: number;
  readonly mean: number | null;
  quantile(p: number): number | null;
}

/** What a gate reads of one environment. */
export interface Figures {
  /** Requests that say something about the environment. */
  readonly judged: number;
  readonly errorRate: number | null;
  readonly latency: Times;
  readonly timeToFirstToken: Times;
}

/** Everything a decision looks at, of one environment. */
export interface ArmEvidence {
  /** Over the rolling window. */
  readonly window: Figures;
  /** Since the evidence last began anew: what gates read while the window holds too few requests. */
  readonly sinceStart: Figures;
  /** Requests with a verdict since the current weights were set. */
  readonly judgedInSegment: number;
  readonly consecutiveFailures: number;
}

/** The environment on trial and the live one it is compared with. */
export interface RolloutEvidence {
  readonly canary: ArmEvidence;
  readonly baseline: ArmEvidence;
}
