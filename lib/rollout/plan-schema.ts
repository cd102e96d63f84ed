import { z } from 'zod';
import type { RolloutPlan, Step } from '../domain/plan.js';
import { duration } from '../validation/duration.js';
import { problemsOf } from '../validation/problems.js';
import { gateSchema, withAlphas, type ParsedGate } from './gate-schema.js';
import type { RolloutInput } from './rollout-input.js';
import { ValidationError } from '../validation/validation-error.js';

const share = z.number().min(0).max(100);
const count = z.int().min(0);

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
  gates: z.array(gateSchema).max(50).refine(haveOwnNames, 'needs a name of its own for each gate').optional(),
  alphaTotal: z.number().gt(0).lt(0.5).optional(),
  fastTrip: z.strictObject({ consecutiveFailures: count.default(5) }).optional(),
  finalBakeTime: duration.optional(),
});

/** A schedule whose gates have not been given their parts of `alphaTotal`: it may still be laid over. */
type OpenPlan = Omit<RolloutPlan, 'gates' | 'alphaTotal'> & {
  readonly gates: readonly ParsedGate[];
  readonly alphaTotal: number;
};

/** A schedule as a route has it: whom to try, and how. */
export interface ConfiguredRollout {
  readonly to?: string | undefined;
  readonly plan: OpenPlan;
}

const MINUTE = 60_000;

const DEFAULT_STEPS: readonly Step[] = [5, 25, 50, 100].map((setWeight) => ({
  setWeight,
  duration: 10 * MINUTE,
  holdConditions: { minSampleSize: { canary: 20, baseline: 20 }, requiresApproval: false },
}));

/** Worse than the live environment; and, where that has no traffic to compare with, plainly bad. */
const DEFAULT_GATES = gateSchema.array().parse([
  { kind: 'errorRate', tolerance: 0 },
  { kind: 'errorRate', max: 0.05, sequential: true },
]);

export const DEFAULT_ROLLOUT: ConfiguredRollout = {
  plan: {
    steps: DEFAULT_STEPS,
    gates: DEFAULT_GATES,
    alphaTotal: 0.05,
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
      alphaTotal: over.alphaTotal ?? plan.alphaTotal,
      fastTrip: over.fastTrip ?? plan.fastTrip,
      finalBakeTime: over.finalBakeTime ?? plan.finalBakeTime,
    },
  };
}

/**
 * The plan as a rollout goes by it: every gate with its part of `alphaTotal`.
 *
 * @throws {ValidationError} when gates with an `alpha` of their own leave nothing for the others.
 */
export function closed({ gates, ...plan }: OpenPlan): RolloutPlan {
  const stages = plan.steps.length + (plan.finalBakeTime > 0 ? 1 : 0);
  const weighted = withAlphas(gates, plan.alphaTotal, stages);
  if (weighted) return { ...plan, gates: weighted };
  const problem = {
    path: 'gates',
    value: gates.map((gate) => ('alpha' in gate ? gate.alpha : undefined)).join(', '),
    message: `have an "alpha" of their own that leaves nothing of alphaTotal (${plan.alphaTotal}) for the others`,
    remedy: 'Lower them, or raise alphaTotal.',
  };
  throw new ValidationError('The rollout cannot start, its schedule is wrong', [problem]);
}

/** @throws {ValidationError} listing every problem. */
export function parseRollout(input: RolloutInput): z.output<typeof rolloutSchema> {
  const result = rolloutSchema.safeParse(input);
  if (result.success) return result.data;
  throw new ValidationError('The rollout cannot start, its schedule is wrong', problemsOf(result.error, input));
}

/** Evidence is kept by the gate's name. */
function haveOwnNames(gates: readonly ParsedGate[]): boolean {
  return new Set(gates.map(({ name }) => name)).size === gates.length;
}
