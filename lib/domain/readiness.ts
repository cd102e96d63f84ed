/** What is looked at before a rollout, each only when the one before it has not failed. */
export type PreflightTier = 'connectivity' | 'key' | 'model';

export interface PreflightCheck {
  readonly tier: PreflightTier;
  /** `warn`: may serve, but something is off. `skipped`: an earlier tier has failed. */
  readonly status: 'pass' | 'warn' | 'fail' | 'skipped';
  /** One sentence for people. */
  readonly message: string;
}

/** Whether an environment is fit to be tried. */
export interface PreflightReport {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  /** A rollout may start. */
  readonly canDeploy: boolean;
  readonly checks: readonly PreflightCheck[];
}

/** The same as a rollout keeps it. */
export interface PreflightRecord extends PreflightReport {
  /** Somebody wanted the rollout all the same. */
  readonly forced?: true;
}

/** How a warm-up went. Times in milliseconds. */
export interface WarmUpReport {
  readonly requests: number;
  readonly failed: number;
  /** Of those that were answered; `null` when none was. */
  readonly latency: { readonly first: number | null; readonly median: number | null; readonly max: number | null };
}
