/**
 * The checks before a rollout, in order. A failed one skips the rest. `requests`: what callers have used in the last
 * day; absent when there were none.
 */
export type PreflightTier = 'connectivity' | 'key' | 'model' | 'requests';

export interface PreflightCheck {
  readonly tier: PreflightTier;
  /** `warn`: may serve, but something is off. `skipped`: an earlier tier has failed. */
  readonly status: 'pass' | 'warn' | 'fail' | 'skipped';
  /** One sentence for people. */
  readonly message: string;
}

/** Whether an environment is fit for a rollout. */
export interface PreflightReport {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  /** A rollout may start. */
  readonly canDeploy: boolean;
  readonly checks: readonly PreflightCheck[];
}

/** The report as a rollout keeps it. */
export interface PreflightRecord extends PreflightReport {
  /** The rollout was started in spite of the report. */
  readonly forced?: true;
}

/** How a warm-up went. Times in milliseconds. */
export interface WarmUpReport {
  readonly requests: number;
  readonly failed: number;
  /** Of the answered requests; `null` without any. */
  readonly latency: { readonly first: number | null; readonly median: number | null; readonly max: number | null };
}
