import { z } from 'zod';
import { comparedBy } from '../analysis/compared-by.js';
import { fixedStrata } from '../domain/strata.js';
import type { RolloutPlan } from '../domain/plan.js';
import { duration, wait } from '../validation/duration.js';
import { count, switchable } from '../validation/fields.js';
import { problemsOf } from '../validation/problems.js';
import { gateSchema, withAlphas, type OpenGate } from './gate-schema.js';
import type { RolloutInput } from './rollout-input.js';
import { shadowStageSchema, STANDARD_STEPS, stepsSchema, warmUpSchema } from './step-schema.js';
import { ValidationError } from '../validation/validation-error.js';

const preflightSettings = z.strictObject({ enabled: z.boolean().optional(), timeout: wait.optional() });
const preflightSchema = z.union([
  z.boolean().transform((enabled): z.output<typeof preflightSettings> => ({ enabled })),
  preflightSettings,
]);

/** A schedule as people write it. */
export const rolloutSchema = z.strictObject({
  to: z.string().optional(),
  steps: stepsSchema.optional(),
  gates: z.array(gateSchema).max(50).refine(haveOwnNames, 'needs a name of its own for each gate').optional(),
  alphaTotal: z.number().gt(0).lt(0.5).optional(),
  fastTrip: z.strictObject({ consecutiveFailures: count.default(5) }).optional(),
  finalBakeTime: duration.optional(),
  groupBy: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'is not the name of a header')
    .toLowerCase()
    .optional(),
  consecutiveErrorLimit: count.min(1).optional(),
  preflight: preflightSchema.optional(),
  warmUp: switchable(warmUpSchema).optional(),
  shadow: switchable(shadowStageSchema).optional(),
});

/** A schedule whose gates do not have their parts of `alphaTotal` yet: another one may still be laid over it. */
type OpenPlan = Omit<RolloutPlan, 'gates'> & { readonly gates: readonly OpenGate[] };

/** A schedule as a route has it: the environment to try, and how. */
export interface ConfiguredRollout {
  readonly to?: string | undefined;
  readonly plan: OpenPlan;
  readonly preflight: PreflightOptions;
}

/** Whether an environment is checked before it is tried. */
interface PreflightOptions {
  readonly enabled: boolean;
  /** Longest wait for each answer, milliseconds. */
  readonly timeout: number;
}

const MINUTE = 60_000;

/** They protect whoever writes no gates. The fast trip stands beside them. */
const DEFAULT_GATES = gateSchema.array().parse([
  { kind: 'errorRate', tolerance: 0 },
  { kind: 'wrongAnswers', tolerance: 0 },
  { kind: 'latency', quantile: 0.95, tolerance: 1 },
  { kind: 'timeToFirstToken', quantile: 0.95, tolerance: 1 },
  { kind: 'cost', tolerance: 0.2, role: 'signal', onFail: 'warn' },
  { kind: 'errorRate', max: 0.05, sequential: true },
]);

export const DEFAULT_ROLLOUT: ConfiguredRollout = {
  plan: {
    steps: STANDARD_STEPS,
    gates: DEFAULT_GATES,
    alphaTotal: 0.05,
    fastTrip: { consecutiveFailures: 5 },
    finalBakeTime: 10 * MINUTE,
    consecutiveErrorLimit: 4,
  },
  preflight: { enabled: true, timeout: 10_000 },
};

/** Lays a parsed schedule over another one. */
export function overlay(base: ConfiguredRollout, over: z.output<typeof rolloutSchema> = {}): ConfiguredRollout {
  const { plan, preflight } = base;
  const warmUp = (over.warmUp ?? plan.warmUp) || undefined;
  const shadow = (over.shadow ?? plan.shadow) || undefined;
  const groupBy = over.groupBy ?? plan.groupBy;
  return {
    to: over.to ?? base.to,
    plan: {
      steps: over.steps ?? plan.steps,
      gates: over.gates ?? plan.gates,
      alphaTotal: over.alphaTotal ?? plan.alphaTotal,
      fastTrip: over.fastTrip ?? plan.fastTrip,
      finalBakeTime: over.finalBakeTime ?? plan.finalBakeTime,
      consecutiveErrorLimit: over.consecutiveErrorLimit ?? plan.consecutiveErrorLimit,
      ...(groupBy !== undefined && { groupBy }),
      ...(warmUp && { warmUp }),
      ...(shadow && { shadow }),
    },
    preflight: {
      enabled: over.preflight?.enabled ?? preflight.enabled,
      timeout: over.preflight?.timeout ?? preflight.timeout,
    },
  };
}

/**
 * The plan of a rollout: every gate has its part of `alphaTotal`.
 *
 * @throws {ValidationError} when gates with an `alpha` of their own leave nothing for the others.
 */
export function closed({ gates, ...plan }: OpenPlan): RolloutPlan {
  const weighted = withAlphas(gates, plan);
  if (weighted) {
    const { trip: alpha } = weighted;
    const fastTrip = { ...plan.fastTrip, ...(alpha !== undefined && { alpha }) };
    const strata = fixedStrata(plan.groupBy !== undefined);
    return detectable({ ...plan, strata, gates: weighted.gates, fastTrip });
  }
  const problem = {
    path: 'gates',
    value: gates.map(({ alpha }) => alpha).join(', '),
    message: `have an "alpha" of their own that leaves nothing of alphaTotal (${plan.alphaTotal}) for the others`,
    remedy: 'Lower them, or raise alphaTotal.',
  };
  throw new ValidationError('The rollout cannot start, its schedule is wrong', [problem]);
}

/** @throws {ValidationError} when a step waits for what no gate of the plan looks for. */
function detectable(plan: RolloutPlan): RolloutPlan {
  const step = plan.steps.findIndex(({ holdConditions: { detect } }) => detect !== undefined);
  if (step < 0 || comparedBy(plan)) return plan;
  const problem = {
    path: `steps[${step}].holdConditions.detect`,
    value: String(plan.steps[step]!.holdConditions.detect),
    message: 'waits for a canary that no gate of this schedule would find',
    remedy: "Add the gate { kind: 'errorRate', tolerance: 0 }, or leave detect out.",
  };
  throw new ValidationError('The rollout cannot start, its schedule is wrong', [problem]);
}

/** @throws {ValidationError} listing every problem. */
export function parseRollout(input: RolloutInput): z.output<typeof rolloutSchema> {
  const result = rolloutSchema.safeParse(input);
  if (result.success) return result.data;
  const problems = problemsOf(result.error, input, rolloutSchema);
  throw new ValidationError('The rollout cannot start, its schedule is wrong', problems);
}

/** Evidence is kept by the gate's name. */
function haveOwnNames(gates: readonly OpenGate[]): boolean {
  return new Set(gates.map(({ name }) => name)).size === gates.length;
}
