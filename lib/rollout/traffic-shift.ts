import type { GateInput } from '../analysis/gates/gates.js';
import type { RolloutInput } from '../schedule/rollout-input.js';

/** A schedule by increments: at most so many points more every so often. */
export interface TrafficShift {
  /** Percentage points. */
  readonly increment: number;
  /** Milliseconds. */
  readonly interval: number;
  readonly errorRate?: number | undefined;
  /** Milliseconds. */
  readonly latencyP99?: number | undefined;
  /** Milliseconds that the p99 may be above the live environment's. */
  readonly p99Difference?: number | undefined;
}

/** The schedule of a shift over these weights. Its last step is the last watch: no bake follows. */
export function scheduleOf(shift: TrafficShift, weights: readonly number[]): RolloutInput {
  const { interval, errorRate, latencyP99, p99Difference } = shift;
  const steps = weights.map((setWeight) => ({ setWeight, duration: interval }));
  const gates: GateInput[] = [
    ...(errorRate === undefined ? [] : [{ kind: 'errorRate' as const, max: errorRate }]),
    ...(latencyP99 === undefined ? [] : [{ kind: 'latency' as const, quantile: 0.99, max: latencyP99 }]),
    ...(p99Difference === undefined
      ? []
      : [{ kind: 'latency' as const, quantile: 0.99, compare: 'baseline' as const, max: p99Difference }]),
  ];
  return { steps, finalBakeTime: 0, ...(gates.length > 0 && { gates }) };
}
