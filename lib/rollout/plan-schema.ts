import { z } from 'zod';
import type { Gate, RolloutPlan, Step } from '../domain/plan.js';
import { duration } from '../validation/duration.js';
import { problemsOf } from '../validation/problems.js';
import type { RolloutInput } from './rollout-input.js';
import { ValidationError } from '../validation/validation-error.js';

const share = z.number().min(0).max(100);
const count = z.int().min(0);

const anyGate = {
  name: z.string().min(1).optional(),
  compare: z.enum(['absolute', 'baseline']).default('absolute'),
  minSampleSize: z.int().min(1).default(50),
  onFail: z.enum(['rollback', 'hold', 'warn']).default('rollback'),
};

const anyKind = z.discriminatedUnion('kind', [
  z.strictObject({
    ...anyGate,
    kind: z.literal('errorRate'),
    max: z.number().min(0).max(1),
  }),
  z.strictObject({
    ...anyGate,
    kind: z.enum(['latency', 'timeToFirstToken']),
    quantile: z.number().gt(0).lt(1).optional(),
    max: duration,
  }),
]);

const gate = anyKind.transform((input) => ({ ...input, name: input.name ?? nameOf(input) }));

const step = z.strictObject({
  setWeight: share,
  duration,
  holdConditions: z
    .strictObject({
      minSampleSize: z.strictObject({ canary: count.default(20), baseline: count.default(20) }).prefault({}),
      requiresApproval: z.boolean().default(false),
    })
    .prefault({}),
});

/** A schedule as people write it. */
export const rolloutSchema = z.strictObject({
  to: z.string().optional(),
  steps: z.array(step).min(1, 'needs at least one step').optional(),
  gates: z.array(gate).optional(),
  fastTrip: z.strictObject({ consecutiveFailures: count.default(5) }).optional(),
  finalBakeTime: duration.optional(),
});

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

/** What it reads, for a gate that nobody has named: `error-rate`, `latency-p99-against-baseline`. */
function nameOf(input: z.output<typeof anyKind>): string {
  const quantile = input.kind === 'errorRate' ? undefined : input.quantile;
  return [
    input.kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    ...(quantile === undefined ? [] : [`p${Number((quantile * 100).toFixed(6))}`]),
    ...(input.compare === 'baseline' ? ['against-baseline'] : []),
  ].join('-');
}
