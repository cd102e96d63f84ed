/** Parsed `scheduler` options. */
export abstract class SchedulerOptions {
  /** `false`: this process never ticks. */
  abstract readonly enabled: boolean;
  /** Milliseconds between two checks. */
  abstract readonly monitorInterval: number;
}
