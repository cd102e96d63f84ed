import type { GateResult } from '../../domain/events.js';
import { FEWEST_BUCKETS } from '../evidence/bucket-means.js';

type Base = Pick<GateResult, 'gate' | 'sample'>;

/** Below this a gate on a mean says nothing. */
export const FEWEST_SAMPLES = 50;

/** Samples that a gate on a mean needs to pass. */
export function samplesNeeded({ minSampleSize }: { readonly minSampleSize: number }): number {
  return Math.max(FEWEST_SAMPLES, minSampleSize);
}

export function unreadable(base: Base, limit: number): GateResult {
  const message = `${base.gate}: cannot be read, its evaluator fails`;
  return { ...base, verdict: 'error', observed: null, limit, message };
}

export function tooFew(base: Base, count: number, needed: number, limit: number): GateResult {
  const message = `${base.gate}: ${count} of the ${needed} samples it needs`;
  return { ...base, verdict: 'insufficient', observed: null, limit, message };
}

/** Samples enough, but of too few users to know how much users differ. */
export function tooFewUsers(base: Base, limit: number): GateResult {
  const message = `${base.gate}: its samples are of too few users, who fall into less than ${FEWEST_BUCKETS} of 64 groups: split by a key with more variety, or use the strategy "weighted"`;
  return { ...base, verdict: 'insufficient', observed: null, limit, message };
}
