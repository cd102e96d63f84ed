/** Parsed `scheduler` options. */
export interface SchedulerOptions {
  /** `false`: this process never ticks. */
  readonly enabled: boolean;
  /** Milliseconds between two checks. */
  readonly monitorInterval: number;
}
