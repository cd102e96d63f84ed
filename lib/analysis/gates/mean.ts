import { z } from 'zod';
import type { GateResult } from '../../domain/events.js';
import { SIMILARITY } from '../../domain/plan.js';
import type { RolloutEvidence } from '../figures.js';
import { meanDifference } from '../mean-sequence.js';
import {
  toleranceProblem,
  type AnytimeGate,
  type GateKind,
  type WrittenProblem,
  type WrittenWith,
} from './gate-kind.js';
import { meanOf, samplesNeeded, tooFew, unreadable } from './mean-words.js';
import { figure } from './words.js';

/** Fails when the mean is worse than the live environment's by more than the tolerance. */
export interface MeanGate extends AnytimeGate {
  readonly test: 'mean';
  readonly kind: 'cost' | 'quality';
  /** Whose scores, for `quality`. */
  readonly evaluator?: string | undefined;
  readonly compare: 'baseline';
  /**
   * `cost`: fraction of the live environment's mean (0.2: a fifth dearer; −0.2: a fifth cheaper). `quality`: points.
   */
  readonly tolerance: number;
}

const fields = {
  cost: {
    /** How much dearer than the live environment: 0.2 is a fifth; −0.2 asks for a fifth less. Valid at every look. */
    tolerance: z.number().gt(-1).optional(),
  },
  quality: {
    /** How far the mean score may be below the live environment's. Valid at every look. */
    tolerance: z.number().min(0).max(1).optional(),
  },
};

interface Written extends WrittenWith<(typeof fields)['quality'], 'tolerance'> {
  readonly kind: MeanGate['kind'];
  readonly evaluator?: string | undefined;
}

export const mean = {
  test: 'mean',
  writtenAs: ['cost', 'quality'],
  limit: 'tolerance',
  alpha: 'rollout',
  fields,
  problem(written): WrittenProblem | undefined {
    if (written.evaluator !== SIMILARITY) return toleranceProblem(written, written.kind === 'cost' ? 'max' : 'min');
    const message = 'has nothing to compare with: similarity is that of the two already';
    return { field: 'tolerance', message, remedy: 'Say "min".' };
  },
  parse: ({ kind, evaluator, tolerance }) => ({
    test: 'mean',
    kind,
    ...(evaluator !== undefined && { evaluator }),
    compare: 'baseline',
    tolerance,
  }),
  figures: (gate) => ({ mean: whoseMean(gate) }),
  read(gate, { means }: RolloutEvidence): GateResult {
    const seen = means[whoseMean(gate)];
    const sample = { canary: seen?.canary.count ?? 0, baseline: seen?.baseline.count ?? 0 };
    const base = { gate: gate.name, sample };
    if (seen?.unreadable) return unreadable(base, gate.tolerance);
    const apart = seen && meanDifference(seen, gate.alpha);
    const needed = samplesNeeded(gate);
    if (!seen || !apart) return tooFew(base, Math.min(sample.canary, sample.baseline), needed, gate.tolerance);

    // Money may be more, a score may be less.
    const worse = gate.kind === 'cost' ? apart.difference : -apart.difference;
    const margin = gate.kind === 'cost' ? gate.tolerance * meanOf(seen.baseline) : gate.tolerance;
    const width = apart.upper - apart.difference;
    const result = { ...base, observed: worse, limit: margin };
    const what = gate.kind === 'cost' ? 'mean cost' : `mean score of ${whoseMean(gate)}`;
    const found = `${gate.name}: ${what} is ${show(gate, meanOf(seen.canary))} on the canary and ${show(gate, meanOf(seen.baseline))} on the live environment, give or take ${figure(width)}`;
    if (worse - width > margin) {
      return { ...result, verdict: 'fail', message: `${found}: surely worse by more than ${show(gate, margin)}` };
    }
    const fewest = Math.min(sample.canary, sample.baseline);
    if (fewest < needed) return { ...tooFew(base, fewest, needed, margin), observed: worse };
    const outlook = `a difference of ${figure(margin + width)} would have been found by now`;
    return { ...result, verdict: 'pass', message: found, outlook };
  },
} satisfies GateKind<MeanGate, Written> & { fields: typeof fields };

function whoseMean({ kind, evaluator = kind }: MeanGate): string {
  return evaluator;
}

function show({ kind }: MeanGate, value: number): string {
  return kind === 'cost' ? `${figure(value)} USD` : figure(value);
}
