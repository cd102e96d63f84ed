import type { GateResult } from '../../domain/events.js';
import type { Moments } from '../../domain/figures.js';

type Base = Pick<GateResult, 'gate' | 'sample'>;

/** Below this the sequences say nothing. */
const FEWEST = 50;

/** Samples that a gate on a mean needs to pass. */
export function samplesNeeded({ minSampleSize }: { readonly minSampleSize: number }): number {
  return Math.max(FEWEST, minSampleSize);
}

export function unreadable(base: Base, limit: number): GateResult {
  const message = `${base.gate}: cannot be read, its evaluator fails`;
  return { ...base, verdict: 'error', observed: null, limit, message };
}

export function tooFew(base: Base, count: number, needed: number, limit: number): GateResult {
  const message = `${base.gate}: ${count} of the ${needed} samples it needs`;
  return { ...base, verdict: 'insufficient', observed: null, limit, message };
}

export function meanOf({ count, sum }: Moments): number {
  return sum / count;
}
