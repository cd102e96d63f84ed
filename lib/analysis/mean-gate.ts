import type { GateResult } from '../domain/events.js';
import type { MeanGate, ScoreGate } from '../domain/plan.js';
import type { RolloutEvidence } from './figures.js';
import { figure } from './gate-words.js';
import { meanDifference, type Sums } from './mean-sequence.js';

/** Below this the sequences say nothing. */
const FEWEST = 50;

/** Reads whether a mean is worse than the live environment's by more than is tolerated. */
export function readMean(gate: MeanGate, { means }: RolloutEvidence): GateResult {
  const seen = means[gate.evaluator ?? gate.kind];
  const sample = { canary: seen?.canary.count ?? 0, baseline: seen?.baseline.count ?? 0 };
  const base = { gate: gate.name, sample };
  if (seen?.unreadable) return unreadable(base, gate.tolerance);
  const apart = seen && meanDifference(seen, gate.alpha);
  const needed = Math.max(FEWEST, gate.minSampleSize);
  if (!seen || !apart) return tooFew(base, Math.min(sample.canary, sample.baseline), needed, gate.tolerance);

  // Money may be more, a score may be less.
  const worse = gate.kind === 'cost' ? apart.difference : -apart.difference;
  const margin = gate.kind === 'cost' ? gate.tolerance * meanOf(seen.baseline) : gate.tolerance;
  const width = apart.upper - apart.difference;
  const surely = worse - width;
  const result = { ...base, observed: worse, limit: margin };
  const figures = `${figure(meanOf(seen.canary))} against ${figure(meanOf(seen.baseline))}, give or take ${figure(width)}`;
  const what = gate.kind === 'cost' ? 'mean cost' : `mean score of ${gate.evaluator ?? gate.kind}`;
  if (surely > margin) {
    const message = `${gate.name}: ${what} ${figures}: worse by more than ${figure(margin)}`;
    return { ...result, verdict: 'fail', message };
  }
  const fewest = Math.min(sample.canary, sample.baseline);
  if (fewest < needed) return { ...tooFew(base, fewest, needed, margin), observed: worse };
  const outlook = `a difference of ${figure(margin + width)} would have been found by now`;
  return { ...result, verdict: 'pass', message: `${gate.name}: ${what} ${figures}`, outlook };
}

/** Reads whether the mean score is surely below a minimum. */
export function readScore(gate: ScoreGate, { means }: RolloutEvidence): GateResult {
  const scores = means[gate.evaluator]?.canary;
  const count = scores?.count ?? 0;
  const base = { gate: gate.name, sample: { canary: count, baseline: means[gate.evaluator]?.baseline.count ?? 0 } };
  const needed = Math.max(FEWEST, gate.minSampleSize);
  if (means[gate.evaluator]?.unreadable) return unreadable(base, gate.min);
  // The minimum, as an arm that always has just that.
  const minimum = { count, sum: count * gate.min, squares: count * gate.min ** 2 };
  const apart = scores && meanDifference({ canary: scores, baseline: minimum }, gate.alpha);
  if (!scores || !apart) return tooFew(base, count, needed, gate.min);
  const mean = meanOf(scores);
  const result = { ...base, observed: mean, limit: gate.min };
  const figures = `mean score of ${gate.evaluator} ${figure(mean)}, give or take ${figure(apart.upper - apart.difference)}`;
  if (apart.upper < 0) {
    return { ...result, verdict: 'fail', message: `${gate.name}: ${figures}, is below ${figure(gate.min)}` };
  }
  if (count < needed) return { ...tooFew(base, count, needed, gate.min), observed: mean };
  return { ...result, verdict: 'pass', message: `${gate.name}: ${figures}; ${figure(gate.min)} is asked for` };
}

function unreadable(base: Pick<GateResult, 'gate' | 'sample'>, limit: number): GateResult {
  return { ...base, verdict: 'error', observed: null, limit, message: `${base.gate}: its evaluator fails` };
}

function tooFew(base: Pick<GateResult, 'gate' | 'sample'>, count: number, needed: number, limit: number): GateResult {
  const message = `${base.gate}: ${count} of ${needed} samples that are needed`;
  return { ...base, verdict: 'insufficient', observed: null, limit, message };
}

export function meanOf({ count, sum }: Sums): number {
  return sum / count;
}
