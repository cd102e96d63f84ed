import { z } from 'zod';
import type { GateResult } from '../../domain/events.js';
import type { RolloutEvidence } from '../figures.js';
import { unitMeanDifference } from '../evidence/bucket-means.js';
import type { AnytimeGate, GateKind, WrittenProblem, WrittenWith } from './gate-kind.js';
import { FEWEST_SAMPLES, samplesNeeded, tooFew, tooFewUsers, unreadable } from './mean-words.js';
import { figure } from './words.js';

/** Fails when the mean score is surely below `min`. */
export interface ScoreGate extends AnytimeGate {
  readonly test: 'score';
  readonly kind: 'quality';
  readonly evaluator: string;
  readonly compare: 'absolute';
  /** Lowest mean score, in (0, 1). */
  readonly min: number;
}

const fields = {
  /** Name of the evaluator whose scores are read. */
  evaluator: z.string().min(1),
  /** Lowest mean score, in (0, 1). This or `tolerance`. */
  min: z.number().gt(0).lt(1).optional(),
};

export const score = {
  test: 'score',
  writtenAs: ['quality'],
  limit: 'min',
  hasAlpha: true,
  fields,
  problem({ compare }): WrittenProblem | undefined {
    if (compare !== 'baseline') return undefined;
    const message = 'a lowest score is absolute: say "tolerance" to compare with the live environment';
    return { field: 'compare', message, remedy: 'Leave compare out.' };
  },
  parse: ({ evaluator, min }) => ({ test: 'score', kind: 'quality', evaluator, compare: 'absolute', min }),
  figures: ({ evaluator }) => ({ mean: evaluator }),
  read(gate, { means }: RolloutEvidence): GateResult {
    const seen = means[gate.evaluator];
    const count = seen?.canary.count ?? 0;
    const base = { gate: gate.name, sample: { canary: count, baseline: seen?.baseline.count ?? 0 } };
    const needed = samplesNeeded(gate);
    if (seen?.unreadable) return unreadable(base, gate.min);
    if (!seen || count < FEWEST_SAMPLES) return tooFew(base, count, needed, gate.min);
    // The minimum, as an arm that always has just that.
    const minimum = { ...seen.canary, mean: gate.min, squaredError: 0 };
    const apart = unitMeanDifference({ canary: seen.canary, baseline: minimum }, gate.alpha);
    if (!apart) return tooFewUsers(base, gate.min);
    const observed = seen.canary.mean;
    const result = { ...base, observed, limit: gate.min };
    const found = `${gate.name}: mean score of ${gate.evaluator} is ${figure(observed)}, give or take ${figure(apart.upper - apart.difference)}`;
    if (apart.upper < 0) return { ...result, verdict: 'fail', message: `${found}: surely below ${figure(gate.min)}` };
    if (count < needed) return { ...tooFew(base, count, needed, gate.min), observed };
    return { ...result, verdict: 'pass', message: `${found}: not surely below ${figure(gate.min)}` };
  },
} satisfies GateKind<ScoreGate, WrittenWith<typeof fields, 'min'>> & { fields: typeof fields };
