import { z } from 'zod';
import type { GateResult } from '../../domain/events.js';
import { SIMILARITY } from '../../domain/plan.js';
import type { RolloutEvidence } from '../figures.js';
import { unitMeanDifference } from '../evidence/bucket-means.js';
import {
  toleranceProblem,
  type AnytimeGate,
  type GateKind,
  type WrittenProblem,
  type WrittenWith,
} from './gate-kind.js';
import { FEWEST_SAMPLES, samplesNeeded, tooFew, tooFewUsers, unreadable } from './mean-words.js';
import { figure, percent } from './words.js';

/** Fails when the mean is worse than the live environment's by more than the tolerance. */
export interface MeanGate extends AnytimeGate {
  readonly test: 'mean';
  readonly kind: 'cost' | 'quality';
  /** The evaluator that gives the scores, for `quality`. */
  readonly evaluator?: string | undefined;
  readonly compare: 'baseline';
  /**
   * `cost`: fraction of the live environment's mean (0.2: a fifth more expensive; −0.2: a fifth cheaper). `quality`:
   * points.
   */
  readonly tolerance: number;
}

const fields = {
  cost: {
    /**
     * How much more expensive than the live environment: 0.2 is a fifth; −0.2 asks for a fifth less. Valid at every
     * look.
     */
    tolerance: z.number().gt(-1).max(1_000).optional(),
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
  hasAlpha: true,
  fields,
  problem(written): WrittenProblem | undefined {
    if (written.evaluator !== SIMILARITY) return toleranceProblem(written, written.kind === 'cost' ? 'max' : 'min');
    const message = 'does not go with similarity, which compares the two already';
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
  read(gate, { means, names }: RolloutEvidence): GateResult {
    const seen = means[whoseMean(gate)];
    const sample = { canary: seen?.canary.count ?? 0, baseline: seen?.baseline.count ?? 0 };
    const base = { gate: gate.name, sample };
    if (seen?.unreadable) return unreadable(base, gate.tolerance);
    const needed = samplesNeeded(gate);
    const fewest = Math.min(sample.canary, sample.baseline);
    if (!seen || fewest < FEWEST_SAMPLES) return tooFew(base, fewest, needed, gate.tolerance);
    const apart = unitMeanDifference(seen, gate.alpha);
    if (!apart) return tooFewUsers(base, gate.tolerance);

    // Money may be more, a score may be less.
    const worse = gate.kind === 'cost' ? apart.difference : -apart.difference;
    const margin = gate.kind === 'cost' ? gate.tolerance * seen.baseline.mean : gate.tolerance;
    const width = apart.upper - apart.difference;
    const result = { ...base, observed: worse, limit: margin };
    const what = gate.kind === 'cost' ? 'mean cost' : `mean score of ${whoseMean(gate)}`;
    const found = `${gate.name}: ${what} is ${show(gate, seen.canary.mean)} on ${names.canary} and ${show(gate, seen.baseline.mean)} on ${names.baseline}, give or take ${show(gate, width)}`;
    if (worse - width > margin) {
      return { ...result, verdict: 'fail', message: `${found}: ${tooMuch(gate)}` };
    }
    if (fewest < needed) return { ...tooFew(base, fewest, needed, margin), observed: worse };
    const outlook = `a difference of ${show(gate, margin + width)} would have been found by now`;
    return { ...result, verdict: 'pass', message: found, outlook };
  },
} satisfies GateKind<MeanGate, Written> & { fields: typeof fields };

function whoseMean({ kind, evaluator = kind }: MeanGate): string {
  return evaluator;
}

function tooMuch({ kind, tolerance }: MeanGate): string {
  if (kind === 'quality') return `surely more than ${figure(tolerance)} lower`;
  return tolerance < 0 ? `surely not ${percent(-tolerance)} cheaper` : `surely more than ${percent(tolerance)} higher`;
}

function show({ kind }: MeanGate, value: number): string {
  return kind === 'cost' ? `$${figure(value)}` : figure(value);
}
