import type { GateResult } from '../domain/events.js';
import type { ExceedanceGate, FailureRatioGate } from '../domain/plan.js';
import { logFailureEvidence, type SegmentFailures } from './failure-evidence.js';
import { detectableRatio, failuresUntilEnough } from './failure-outlook.js';
import type { RolloutEvidence } from './figures.js';
import { percent, times } from './gate-words.js';

/** Reads whether failures come from the canary more often than its share of the traffic explains. */
export function readFailureRatio(gate: FailureRatioGate, { failures, canary, baseline }: RolloutEvidence): GateResult {
  const sample = { canary: canary.sinceStart.judged, baseline: baseline.sinceStart.judged };
  return readRatio(gate, { segments: failures, limit: 1 + gate.tolerance, sample, what: 'fails' });
}

/** The same of requests that grow older than the live environment's quantile. */
export function readExceedance(gate: ExceedanceGate, { ages, canary, baseline }: RolloutEvidence): GateResult {
  const { limit, segments } = ages[gate.name] ?? { limit: undefined, segments: [] };
  const seen = gate.kind === 'latency' ? 'latency' : 'timeToFirstToken';
  const sample = { canary: canary.sinceStart[seen].count, baseline: baseline.sinceStart[seen].count };
  if (limit === undefined && segments.length === 0) {
    const message = `${gate.name}: waits for times of the live environment to compare with`;
    return { gate: gate.name, verdict: 'insufficient', observed: null, limit: 1, sample, message };
  }
  const age = limit === undefined ? 'the limit' : `${Math.round(limit)} ms`;
  return readRatio(gate, { segments, limit: 1, sample, what: `takes longer than ${age}` });
}

interface RatioReading {
  readonly segments: readonly SegmentFailures[];
  /** Greatest ratio of the two environments' rates that is tolerated. */
  readonly limit: number;
  readonly sample: GateResult['sample'];
  /** What the canary does too often. */
  readonly what: string;
}

function readRatio(
  { name, alpha, minSampleSize }: FailureRatioGate | ExceedanceGate,
  { segments, limit, sample, what }: RatioReading,
): GateResult {
  const value = logFailureEvidence(segments, limit);
  const evidence = { value, limit: Math.log(1 / alpha), alpha };
  const observed = ratioOf(segments);
  const base = { gate: name, observed, limit, sample, evidence };
  const { canary, baseline } = totals(segments);
  const counts = `${canary} units of it, ${baseline} of the live environment, at ${sharesOf(segments)} of the traffic`;
  if (value >= evidence.limit) {
    const ratio =
      observed === null
        ? ''
        : ` about ${times(observed)} as often as the live environment, at most ${times(limit)} is tolerated`;
    return { ...base, verdict: 'fail', message: `${name}: ${what}${ratio} (${counts})` };
  }
  const fewest = Math.min(sample.canary, sample.baseline);
  const outlook = outlookOf(segments, limit, alpha);
  if (fewest < minSampleSize) {
    const message = `${name}: ${fewest} of ${minSampleSize} requests that are needed`;
    return { ...base, verdict: 'insufficient', message, outlook };
  }
  const message = `${name}: no sign that it ${what} more often than tolerated (${counts})`;
  return { ...base, verdict: 'pass', message, outlook };
}

function outlookOf(segments: readonly SegmentFailures[], ratio: number, alpha: number): string {
  const more = failuresUntilEnough(segments, segments.at(-1)?.share ?? 0, ratio, alpha);
  const detectable = detectableRatio(segments, ratio, alpha);
  const now = detectable === Infinity ? '' : `; ${times(detectable)} as often would have been found by now`;
  if (more === Infinity) return `the canary has no share of the traffic that could be compared${now}`;
  return `${more} more ${more === 1 ? 'unit' : 'units'} of the canary in a row would fail it${now}`;
}

/** Estimate of the ratio of the two rates; `null` while one of them has none. */
function ratioOf(segments: readonly SegmentFailures[]): number | null {
  // As many as the live environment would have had, had it been as large as the canary.
  const expected = segments.reduce(
    (sum, { share, baseline }) => (share > 0 && share < 1 ? sum + (baseline * share) / (1 - share) : sum),
    0,
  );
  const { canary } = totals(segments.filter(({ share }) => share > 0 && share < 1));
  return expected === 0 ? null : canary / expected;
}

function totals(segments: readonly SegmentFailures[]): { canary: number; baseline: number } {
  return segments.reduce(
    (sum, { canary, baseline }) => ({ canary: sum.canary + canary, baseline: sum.baseline + baseline }),
    { canary: 0, baseline: 0 },
  );
}

function sharesOf(segments: readonly SegmentFailures[]): string {
  return [...new Set(segments.map(({ share }) => percent(share)))].join(', ') || '0 %';
}
