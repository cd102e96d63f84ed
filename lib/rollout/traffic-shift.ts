import type { GateInput } from '../analysis/gates/gates.js';
import type { RolloutInput } from '../schedule/rollout-input.js';
import { weightsBy } from '../schedule/step-schema.js';

/** A schedule by increments: so many points more every so often, until all of the traffic is there. */
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

/** @param from the weight that the canary has already, percent. */
export function scheduleOf(shift: TrafficShift, from: number): RolloutInput {
  const { increment, interval, errorRate, latencyP99, p99Difference } = shift;
  const steps = weightsBy(increment, from).map((setWeight) => ({ setWeight, duration: interval }));
  const gates: GateInput[] = [
    ...(errorRate === undefined ? [] : [{ kind: 'errorRate' as const, max: errorRate }]),
    ...(latencyP99 === undefined ? [] : [{ kind: 'latency' as const, quantile: 0.99, max: latencyP99 }]),
    ...(p99Difference === undefined
      ? []
      : [{ kind: 'latency' as const, quantile: 0.99, compare: 'baseline' as const, max: p99Difference }]),
  ];
  return gates.length > 0 ? { steps, gates } : { steps };
}
