import { z } from 'zod';
import type { GateResult } from '../../domain/events.js';
import type { Gate } from '../../domain/plan.js';
import type { RolloutEvidence } from '../figures.js';
import { ceiling, type CeilingGate } from './ceiling.js';
import { exceedance, type ExceedanceGate } from './exceedance.js';
import { failureRatio, type FailureRatioGate } from './failure-ratio.js';
import { everyGate, type GateFigures, type GateKind } from './gate-kind.js';
import { mean, type MeanGate } from './mean.js';
import { score, type ScoreGate } from './score.js';
import { threshold, type ThresholdGate } from './threshold.js';
import { wrongAnswers, type WrongAnswersGate } from './wrong-answers.js';

/** Every gate that there is. */
export type KnownGate =
  ThresholdGate | FailureRatioGate | WrongAnswersGate | CeilingGate | ExceedanceGate | MeanGate | ScoreGate;

/** Every kind of gate. A new one is a file beside this one, a line here, and its fields below. */
export const GATE_KINDS: readonly GateKind[] = [
  threshold,
  failureRatio,
  wrongAnswers,
  ceiling,
  exceedance,
  mean,
  score,
];

/** Gates as people write them, by what they read. */
export const writtenGates = z.discriminatedUnion('kind', [
  z.strictObject({
    ...everyGate,
    kind: z.literal('errorRate'),
    ...threshold.fields.errorRate,
    ...failureRatio.fields,
    ...ceiling.fields,
  }),
  z.strictObject({
    ...everyGate,
    kind: z.enum(['latency', 'timeToFirstToken']),
    ...threshold.fields.times,
    ...exceedance.fields,
  }),
  z.strictObject({ ...everyGate, kind: z.literal('wrongAnswers'), ...wrongAnswers.fields }),
  z.strictObject({ ...everyGate, kind: z.literal('cost'), ...threshold.fields.cost, ...mean.fields.cost }),
  z.strictObject({ ...everyGate, kind: z.literal('quality'), ...score.fields, ...mean.fields.quality }),
]);

/** A gate as people write it. With a `tolerance` it may be looked at at every moment without raising false alarms. */
export type GateInput = z.input<typeof writtenGates>;

const BY_TEST = new Map(GATE_KINDS.map((kind) => [kind.test, kind]));

/** The kind of this gate. @throws for an unknown test, which no plan has. */
export function kindOf({ test, name }: Gate): GateKind {
  const kind = BY_TEST.get(test);
  if (!kind) throw new Error(`The gate "${name}" has the unknown test "${test}"`);
  return kind;
}

/** The figures that the gate reads. */
export function figuresOf(gate: Gate): GateFigures {
  return kindOf(gate).figures(gate);
}

/** Reads a gate on the evidence, or says that it is too early. */
export function readGate(gate: Gate, evidence: RolloutEvidence): GateResult {
  const kind = kindOf(gate);
  const { initialDelay = 0, name } = gate;
  if (evidence.age >= initialDelay) return kind.read(gate, evidence);
  return {
    gate: name,
    verdict: 'insufficient',
    observed: null,
    limit: Number(Reflect.get(gate, kind.limit)),
    sample: { canary: 0, baseline: 0 },
    message: `${name}: is not read for another ${Math.ceil((initialDelay - evidence.age) / 1000)} s`,
  };
}
