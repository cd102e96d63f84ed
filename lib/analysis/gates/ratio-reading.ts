import type { GateResult } from '../../domain/events.js';
import { logFailureEvidence, type SegmentFailures } from '../failure-evidence.js';
import { detectableRatio, failuresUntilEnough } from '../failure-outlook.js';
import type { AnytimeGate } from './gate-kind.js';
import { counted, percent, times } from './words.js';

export interface RatioReading {
  /** Units by their first event. */
  readonly segments: readonly SegmentFailures[];
  /** Greatest ratio of the two environments' rates that is tolerated. */
  readonly limit: number;
  readonly sample: GateResult['sample'];
  /** The event in the past tense, as in "3 users failed". */
  readonly event: string;
}

/** Reads whether an event comes from the canary more often than its share of the traffic explains. */
export function readRatio(
  { name, alpha, minSampleSize }: AnytimeGate,
  { segments, limit, sample, event }: RatioReading,
): GateResult {
  const value = logFailureEvidence(segments, limit);
  const evidence = { value, limit: Math.log(1 / alpha), alpha };
  const observed = ratioOf(segments);
  const base = { gate: name, observed, limit, sample, evidence };
  const counts = countsOf(segments, event);
  if (value >= evidence.limit) {
    const ratio =
      observed === null
        ? ''
        : `: about ${times(observed)} the rate of the live environment, and at most ${times(limit)} is tolerated`;
    return { ...base, verdict: 'fail', message: `${name}: ${counts}${ratio}` };
  }
  const fewest = Math.min(sample.canary, sample.baseline);
  const outlook = outlookOf(segments, limit, alpha);
  if (fewest < minSampleSize) {
    const message = `${name}: ${fewest} of the ${minSampleSize} requests it needs`;
    return { ...base, verdict: 'insufficient', message, outlook };
  }
  const message = `${name}: ${counts}: no evidence of more than is tolerated`;
  return { ...base, verdict: 'pass', message, outlook };
}

function outlookOf(segments: readonly SegmentFailures[], ratio: number, alpha: number): string {
  const more = failuresUntilEnough(segments, segments.at(-1)?.share ?? 0, ratio, alpha);
  const detectable = detectableRatio(segments, ratio, alpha);
  const now = detectable === Infinity ? '' : `; ${times(detectable)} the live rate would have been found by now`;
  if (more === Infinity) return `the canary has no share of the traffic that could be compared${now}`;
  return `${more} more ${more === 1 ? 'user' : 'users in a row'} on the canary would fail it${now}`;
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

function countsOf(segments: readonly SegmentFailures[], event: string): string {
  const { canary, baseline } = totals(segments);
  const shares = [...new Set(segments.map(({ share }) => percent(share)))].join(', then ') || '0%';
  const onCanary = `${counted(canary, 'user')} ${event} on the canary, which had ${shares} of the traffic`;
  return `${onCanary}, and ${baseline === 0 ? 'none' : baseline} on the live environment`;
}
