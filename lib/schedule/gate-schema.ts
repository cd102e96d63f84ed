import type { z } from 'zod';
import { alphaShares, type AlphaClaim } from '../analysis/evidence/alpha-shares.js';
import type { AnytimeGate, GateKind, WrittenGate } from '../analysis/gates/gate-kind.js';
import { GATE_KINDS, kindOf, writtenGates } from '../analysis/gates/gates.js';
import type { Gate, GateRole, OnFail, RolloutPlan } from '../domain/plan.js';

/** A gate that may not have its part of the plan's `alphaTotal` yet. */
export interface OpenGate extends Gate {
  readonly alpha?: number | undefined;
}

type Written = z.output<typeof writtenGates>;

/** A gate as people write it: the limit says which kind of gate is meant. */
export const gateSchema = writtenGates.superRefine(checkFields).transform(toGate);

function checkFields(written: Written, context: z.RefinementCtx): void {
  const add = (field: string, message: string, remedy: string): void =>
    context.addIssue({ code: 'custom', path: [field], message, params: { remedy } });
  const limits = limitsOf(written);
  if (limits.filter((limit) => hasField(written, limit)).length !== 1) {
    const absolute = limits.find((limit) => limit !== 'tolerance');
    const message = `needs one of the two: "${absolute}" (a limit) or "tolerance" (against the live environment)`;
    add(absolute!, message, 'Say one of them.');
    return;
  }
  const problem = meantBy(written).problem?.(written);
  if (problem) add(problem.field, problem.message, problem.remedy);
}

/** The fields that a limit can stand in, for gates on this figure. */
function limitsOf({ kind }: WrittenGate): GateKind['limit'][] {
  return [...new Set(GATE_KINDS.flatMap((known) => (known.writtenAs.includes(kind) ? [known.limit] : [])))];
}

function meantBy(written: Written): GateKind {
  const candidates = GATE_KINDS.filter(({ writtenAs }) => writtenAs.includes(written.kind));
  const flagged = candidates.find(({ flag }) => flag !== undefined && Reflect.get(written, flag) === true);
  return flagged ?? candidates.find(({ limit, flag }) => flag === undefined && hasField(written, limit))!;
}

function hasField(written: Written, field: string): boolean {
  return Reflect.get(written, field) !== undefined;
}

const ON_FAIL: Readonly<Record<GateRole, OnFail>> = { guardrail: 'rollback', signal: 'hold', dryRun: 'warn' };

function toGate(written: Written): OpenGate {
  const { role, minSampleSize, initialDelay, alpha } = written;
  const onFail = role === 'dryRun' ? 'warn' : (written.onFail ?? ON_FAIL[role]);
  const kind = meantBy(written);
  const common = { name: written.name ?? nameOf(written), role, onFail, minSampleSize, initialDelay };
  return { ...common, ...(kind.hasAlpha && { alpha }), ...kind.parse(written) };
}

/** A name by the figure, for a gate without one: `error-rate`, `latency-p99-against-baseline`. */
function nameOf(written: Written): string {
  const quantile = 'quantile' in written ? written.quantile : undefined;
  const isCompared = written.tolerance !== undefined || written.compare === 'baseline';
  return [
    written.kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    ...('evaluator' in written ? [written.evaluator] : []),
    ...(quantile === undefined ? [] : [`p${Number((quantile * 100).toFixed(6))}`]),
    ...(isCompared ? ['against-baseline'] : []),
  ].join('-');
}

/** A plan's gates with their parts of `alphaTotal`, and the part of the fast trip. */
interface Weighted {
  readonly gates: Gate[];
  readonly trip: number | undefined;
}

/** No gate has this name: names of gates are written by people, and not empty. */
const TRIP = '';

/**
 * Splits `alphaTotal`: one half to the comparison of error rates, the other half over everything else that reverts, the
 * fast trip included. A gate that cannot revert takes nothing from the others.
 *
 * @returns `undefined` when gates with an `alpha` of their own leave nothing for the rest.
 */
export function withAlphas(
  gates: readonly OpenGate[],
  { alphaTotal, fastTrip }: Pick<RolloutPlan, 'alphaTotal' | 'fastTrip'>,
): Weighted | undefined {
  const reverting = gates.filter((gate) => kindOf(gate).hasAlpha && gate.onFail === 'rollback');
  const claims = reverting.map((gate): AlphaClaim => {
    return { name: gate.name, kind: kindOf(gate).hasHalf ? 'error' : 'other', alpha: gate.alpha };
  });
  const spoken = reverting.reduce((sum, { alpha = 0 }) => sum + alpha, 0);
  const trip: AlphaClaim[] = fastTrip.consecutiveFailures === 0 ? [] : [{ name: TRIP, kind: 'other' }];
  const shares = alphaShares(alphaTotal, [...claims, ...trip]);
  if (!shares || spoken > alphaTotal) return undefined;
  const weighted = gates.map((gate): Gate | AnytimeGate => {
    if (!kindOf(gate).hasAlpha) return gate;
    return { ...gate, alpha: gate.alpha ?? shares.get(gate.name) ?? alphaTotal };
  });
  return { gates: weighted, trip: shares.get(TRIP) };
}
