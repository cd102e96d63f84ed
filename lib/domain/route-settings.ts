/** Watches a split by hand. Limits by default: 5% errors, and 3,000 ms in the p99. */
export interface HealthCheck {
  readonly enabled: boolean;
  /** Greatest error rate that passes, as a fraction. */
  readonly errorRate?: number | undefined;
  /** Milliseconds. */
  readonly latencyP99?: number | undefined;
  /** Take the traffic back, or only raise an alert. */
  readonly autoRollback: boolean;
}

/** `sticky`: a caller stays in its environment. `weighted`: every request is drawn by itself. */
export type RoutingStrategy = 'sticky' | 'weighted';

/** Settings that can be changed while the app runs. Absent: as in the options. */
export interface RouteSettings {
  /** Whether callers stay where they were; `undefined` removes the setting. */
  readonly strategy?: RoutingStrategy | undefined;
  readonly stickySessions?: {
    readonly enabled: boolean;
    readonly cookieName: string;
    /** Milliseconds. */
    readonly ttl: number;
  };
  readonly healthCheck?: HealthCheck;
  /** Share of the requests that are mirrored, in percent; `undefined` removes the setting. */
  readonly shadowPercentage?: number | undefined;
  /** How the answers of mirrors are compared. Absent: as the options say, as with those below. */
  readonly comparisonMode?: 'semantic' | 'exact';
  /** Lowest similarity that counts as the same answer, 0–1. */
  readonly similarityThreshold?: number;
  /** Longest that a mirror may take beyond the caller's answer, milliseconds. */
  readonly maxTemporalDriftMs?: number;
  /** Chunks of a stream to buffer before the first goes out. */
  readonly bufferThreshold?: number;
}
