import { z } from 'zod';
import type { Gate, RolloutPlan, Step } from '../domain/plan.js';
import { duration } from '../validation/duration.js';
import { problemsOf } from '../validation/problems.js';
import { ValidationError } from '../validation/validation-error.js';

const share = z.number().min(0).max(100);
const count = z.int().min(0);

const anyGate = {
  /** For people: names the gate in events, status and log. */
  name: z.string().min(1),
  /** `absolute` (default): the figure itself. `baseline`: how far it is above the live environment's. */
  compare: z.enum(['absolute', 'baseline']).default('absolute'),
  /** Requests needed before the gate says anything. Default 50. */
  minSampleSize: z.int().min(1).default(50),
  /** Default `rollback`. */
  onFail: z.enum(['rollback', 'hold', 'warn']).default('rollback'),
};

const gate = z.discriminatedUnion('kind', [
  z.strictObject({
    ...anyGate,
    kind: z.literal('errorRate'),
    /** Greatest rate (or difference) that passes, as a fraction: 0.05 is 5 %. */
    max: z.number().min(0).max(1),
  }),
  z.strictObject({
    ...anyGate,
    kind: z.enum(['latency', 'timeToFirstToken']),
    /** Which quantile of the times, e.g. 0.99. Left out: their mean. */
    quantile: z.number().gt(0).lt(1).optional(),
    /** Longest time (or difference) that passes. */
    max: duration,
  }),
]);

const step = z.strictObject({
  /** Share of the traffic for the environment on trial, in percent. */
  setWeight: share,
  /** How long the step lasts at least. */
  duration,
  holdConditions: z
    .strictObject({
      /** Requests with a verdict, since the step began, in each of the two. Default 20 and 20. */
      minSampleSize: z.strictObject({ canary: count.default(20), baseline: count.default(20) }).prefault({}),
      /** Wait for `approve()`. Default `false`. */
      requiresApproval: z.boolean().default(false),
    })
    .prefault({}),
});

/** A schedule as people write it. */
export const rolloutSchema = z.strictObject({
  /** The environment to try. Default: the one that is not live. */
  to: z.string().optional(),
  /** Default: 5 → 25 → 50 → 100 percent, ten minutes each. */
  steps: z.array(step).min(1, 'needs at least one step').optional(),
  /** Default: error rate at most 5 %, from 50 requests on. */
  gates: z.array(gate).optional(),
  /** Consecutive failures of the environment on trial that revert at once. Default 5; 0 switches it off. */
  fastTrip: z.strictObject({ consecutiveFailures: count.default(5) }).optional(),
  /** How long to watch at the last weight before success. Default `'10m'`. */
  finalBakeTime: duration.optional(),
});

/** A schedule as people write it, every part optional. */
export type RolloutInput = z.input<typeof rolloutSchema>;

/** A schedule as a route has it: whom to try, and how. */
export interface ConfiguredRollout {
  readonly to?: string | undefined;
  readonly plan: RolloutPlan;
}

const MINUTE = 60_000;

const DEFAULT_STEPS: readonly Step[] = [5, 25, 50, 100].map((setWeight) => ({
  setWeight,
  duration: 10 * MINUTE,
  holdConditions: { minSampleSize: { canary: 20, baseline: 20 }, requiresApproval: false },
}));

const DEFAULT_GATES: readonly Gate[] = [
  { name: 'error-rate', kind: 'errorRate', compare: 'absolute', max: 0.05, minSampleSize: 50, onFail: 'rollback' },
];

export const DEFAULT_ROLLOUT: ConfiguredRollout = {
  plan: {
    steps: DEFAULT_STEPS,
    gates: DEFAULT_GATES,
    fastTrip: { consecutiveFailures: 5 },
    finalBakeTime: 10 * MINUTE,
  },
};

/** Lays a parsed schedule over another one. */
export function overlay(base: ConfiguredRollout, over: z.output<typeof rolloutSchema> = {}): ConfiguredRollout {
  const { plan } = base;
  return {
    to: over.to ?? base.to,
    plan: {
      steps: over.steps ?? plan.steps,
      gates: over.gates ?? plan.gates,
      fastTrip: over.fastTrip ?? plan.fastTrip,
      finalBakeTime: over.finalBakeTime ?? plan.finalBakeTime,
    },
  };
}

/** @throws {ValidationError} listing every problem. */
export function parseRollout(input: RolloutInput): z.output<typeof rolloutSchema> {
  const result = rolloutSchema.safeParse(input);
  if (result.success) return result.data;
  throw new ValidationError('The rollout cannot start, its schedule is wrong', problemsOf(result.error, input));
}
