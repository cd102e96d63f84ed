import { z } from 'zod';
import { SIMILARITY, type Gate, type GateRole, type OnFail } from '../domain/plan.js';
import { duration } from '../validation/duration.js';

type WithoutAlpha<G> = G extends { alpha: number } ? Omit<G, 'alpha'> & { readonly alpha?: number | undefined } : G;

/** A gate whose part of the plan's `alphaTotal` is still to be found. */
export type ParsedGate = WithoutAlpha<Gate>;

const anyGate = {
  name: z.string().min(1).optional(),
  compare: z.enum(['absolute', 'baseline']).optional(),
  minSampleSize: z.int().min(1).default(50),
  role: z.enum(['guardrail', 'signal', 'dryRun']).default('guardrail'),
  onFail: z.enum(['rollback', 'hold', 'warn']).optional(),
  initialDelay: duration.optional(),
  alpha: z.number().gt(0).lt(0.5).optional(),
};

const errorRate = z.strictObject({
  ...anyGate,
  kind: z.literal('errorRate'),
  max: z.number().min(0).max(1).optional(),
  tolerance: z.number().min(0).optional(),
  sequential: z.boolean().default(false),
});

const times = z.strictObject({
  ...anyGate,
  kind: z.enum(['latency', 'timeToFirstToken']),
  quantile: z.number().gt(0).lt(1).optional(),
  max: duration.optional(),
  tolerance: z.number().min(0).optional(),
});

const cost = z.strictObject({
  ...anyGate,
  kind: z.literal('cost'),
  max: z.number().min(0).optional(),
  tolerance: z.number().gt(-1).optional(),
});

const quality = z.strictObject({
  ...anyGate,
  kind: z.literal('quality'),
  evaluator: z.string().min(1),
  min: z.number().gt(0).lt(1).optional(),
  tolerance: z.number().min(0).max(1).optional(),
});

const anyKind = z.discriminatedUnion('kind', [errorRate, times, cost, quality]);
type Input = z.output<typeof anyKind>;

/** A gate as people write it: the limit says which test it is. */
export const gateSchema = anyKind.superRefine(checkLimits).transform(toGate);

function checkLimits(input: Input, context: z.RefinementCtx): void {
  const problem = (path: string, message: string, remedy: string): void =>
    context.addIssue({ code: 'custom', path: [path], message, params: { remedy } });
  const absolute = input.kind === 'quality' ? 'min' : 'max';
  const limit = input.kind === 'quality' ? input.min : input.max;
  if ((limit === undefined) === (input.tolerance === undefined)) {
    problem(
      absolute,
      `needs one of the two: "${absolute}" (a limit) or "tolerance" (against the live environment)`,
      'Say one of them.',
    );
    return;
  }
  if (input.tolerance !== undefined && input.compare === 'absolute') {
    problem(
      'compare',
      `a tolerance is against the live environment: say "${absolute}" for a limit of its own`,
      'Leave compare out.',
    );
  }
  if (input.kind === 'quality' && input.min !== undefined && input.compare === 'baseline') {
    problem(
      'compare',
      'a lowest score is absolute: say "tolerance" to compare with the live environment',
      'Leave compare out.',
    );
  }
  if (input.kind === 'quality' && input.evaluator === SIMILARITY && input.min === undefined) {
    problem('tolerance', 'has nothing to compare with: similarity is that of the two already', 'Say "min".');
  }
  if (input.kind !== 'errorRate' || !input.sequential) return;
  if (input.compare === 'baseline' || input.max === undefined || input.max <= 0 || input.max >= 1) {
    problem(
      'sequential',
      'goes with a "max" above 0 and below 1 that is not compared; a tolerance always is',
      'Leave sequential out.',
    );
  }
}

const ON_FAIL: Readonly<Record<GateRole, OnFail>> = { guardrail: 'rollback', signal: 'hold', dryRun: 'warn' };

function toGate(input: Input): ParsedGate {
  const { role, minSampleSize, initialDelay, alpha } = input;
  const onFail = role === 'dryRun' ? 'warn' : (input.onFail ?? ON_FAIL[role]);
  const common = { name: input.name ?? nameOf(input), role, onFail, minSampleSize, initialDelay };
  const anytime = { ...common, alpha };
  const { kind, tolerance } = input;
  if (kind === 'quality') {
    const { evaluator, min } = input;
    return min === undefined
      ? { ...anytime, test: 'mean', kind, evaluator, compare: 'baseline', tolerance: tolerance! }
      : { ...anytime, test: 'score', kind, evaluator, compare: 'absolute', min };
  }
  if (tolerance === undefined) {
    const max = input.max!;
    if (kind === 'errorRate' && input.sequential) {
      return { ...anytime, test: 'ceiling', kind, compare: 'absolute', max };
    }
    const quantile = 'quantile' in input ? input.quantile : undefined;
    return { ...common, test: 'threshold', kind, quantile, compare: input.compare ?? 'absolute', max };
  }
  if (kind === 'errorRate') return { ...anytime, test: 'failureRatio', kind, compare: 'baseline', tolerance };
  if (kind === 'cost') return { ...anytime, test: 'mean', kind, compare: 'baseline', tolerance };
  return { ...anytime, test: 'exceedance', kind, compare: 'baseline', quantile: input.quantile ?? 0.95, tolerance };
}

/** What it reads, for a gate that nobody has named: `error-rate`, `latency-p99-against-baseline`. */
function nameOf(input: Input): string {
  const quantile = 'quantile' in input ? input.quantile : undefined;
  const isCompared = input.tolerance !== undefined || input.compare === 'baseline';
  return [
    input.kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    ...('evaluator' in input ? [input.evaluator] : []),
    ...(quantile === undefined ? [] : [`p${Number((quantile * 100).toFixed(6))}`]),
    ...(isCompared ? ['against-baseline'] : []),
  ].join('-');
}

/**
 * Splits what is left of `alphaTotal` evenly over the gates that may revert and have no `alpha` of their own. One that
 * cannot revert takes nothing from the others.
 *
 * @returns `undefined` when gates with an `alpha` of their own leave nothing for the rest.
 */
export function withAlphas(gates: readonly ParsedGate[], alphaTotal: number, stages: number): Gate[] | undefined {
  const reverting = gates.filter((gate) => isAnytime(gate) && gate.onFail === 'rollback');
  const spoken = reverting.reduce((sum, gate) => sum + ('alpha' in gate ? (gate.alpha ?? 0) : 0), 0);
  const open = reverting.filter((gate) => !('alpha' in gate) || gate.alpha === undefined).length;
  const each = open === 0 ? alphaTotal : (alphaTotal - spoken) / open;
  if (each <= 0 || spoken > alphaTotal + 1e-12) return undefined;
  return gates.map((gate): Gate => {
    if (!isAnytime(gate)) return gate;
    const alpha = gate.alpha ?? (gate.onFail === 'rollback' ? each : alphaTotal);
    // It begins anew with every stage, and may be wrong in each.
    return { ...gate, alpha: gate.test === 'ceiling' ? alpha / stages : alpha };
  });
}

type Anytime = Exclude<ParsedGate, { test?: 'threshold' }>;

function isAnytime(gate: ParsedGate): gate is Anytime {
  return gate.test !== undefined && gate.test !== 'threshold';
}
