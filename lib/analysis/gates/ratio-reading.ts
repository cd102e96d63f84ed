import type { GateResult } from '../../domain/events.js';
import { logFailureEvidence, type SegmentFailures } from '../failure-evidence.js';
import { detectableRatio, failuresUntilEnough } from '../failure-outlook.js';
import type { RolloutEvidence } from '../figures.js';
import { logMeanExp } from '../numerics.js';
import type { AnytimeGate } from './gate-kind.js';
import { fromWhere, type UnitPhrase } from './ratio-words.js';
import { times } from './words.js';

/** One kind of event, with units of its own. */
interface Process {
  /** Units by their first event. */
  readonly segments: readonly SegmentFailures[];
  readonly event: UnitPhrase;
}

export interface RatioReading {
  readonly names: RolloutEvidence['names'];
  /** Kinds of events. Each has the same weight. */
  readonly processes: readonly [Process, ...Process[]];
  /** Greatest ratio of the two environments' rates that is tolerated. */
  readonly limit: number;
  readonly sample: GateResult['sample'];
  /** In words, where that is not the ratio of the rates. */
  readonly tolerated?: string | undefined;
}

/** Reads whether events come from the canary more often than its share of the traffic explains. */
export function readRatio(
  { name, alpha, minSampleSize }: AnytimeGate,
  { names, processes, limit, sample, tolerated }: RatioReading,
): GateResult {
  const logs = processes.map(({ segments }) => logFailureEvidence(segments, limit));
  const value = logMeanExp(logs);
  const evidence = { value, limit: Math.log(1 / alpha), alpha };
  const loudest = loudestOf(processes, logs);
  const { segments, event } = processes[loudest]!;
  const observed = ratioOf(segments);
  const base = { gate: name, observed, limit, sample, evidence };
  if (value >= evidence.limit) {
    const most = tolerated ?? (limit === 1 ? 'no more is tolerated' : `at most ${times(limit)} is tolerated`);
    const ratio = observed === null ? '' : `: about ${times(observed)} the rate of ${names.baseline}, and ${most}`;
    return { ...base, verdict: 'fail', message: `${name}: ${fromWhere(segments, event, names, true)}${ratio}` };
  }
  const fewest = Math.min(sample.canary, sample.baseline);
  // Enough for this kind of event: its part of the mean, with what the others have said already.
  const others = logs.reduce((sum, log, n) => (n === loudest ? sum : sum + Math.exp(log)), 0);
  const outlook = outlookOf(segments, limit, 1 / (processes.length / alpha - others), names);
  if (fewest < minSampleSize) {
    const message = `${name}: ${fewest} of the ${minSampleSize} requests it needs`;
    return { ...base, verdict: 'insufficient', message, outlook };
  }
  const message = `${name}: ${fromWhere(segments, event, names, false)}: no evidence of more than is tolerated`;
  return { ...base, verdict: 'pass', message, outlook };
}

/** The kind of event that says most, among those that have happened. */
function loudestOf(processes: readonly Process[], logs: readonly number[]): number {
  const hasHappened = processes.map(({ segments }) => segments.some(({ canary, baseline }) => canary + baseline > 0));
  const from = Math.max(hasHappened.indexOf(true), 0);
  return logs.reduce((best, log, n) => (hasHappened[n] && log > logs[best]! ? n : best), from);
}

function outlookOf(
  segments: readonly SegmentFailures[],
  ratio: number,
  alpha: number,
  { canary, baseline }: RolloutEvidence['names'],
): string {
  const more = failuresUntilEnough(segments, segments.at(-1)?.share ?? 0, ratio, alpha);
  const detectable = detectableRatio(segments, ratio, alpha);
  const now =
    detectable === Infinity ? '' : `; ${times(detectable)} the rate of ${baseline} would have been found by now`;
  if (more === Infinity) return `${canary} has no share of the traffic that could be compared${now}`;
  return `${more} more ${more === 1 ? 'user' : 'users in a row'} on ${canary} would fail it${now}`;
}

/** Estimate of the ratio of the two rates; `null` while one of them has none. */
function ratioOf(segments: readonly SegmentFailures[]): number | null {
  const compared = segments.filter(({ share }) => share > 0 && share < 1);
  // As many as the live environment would have had, had it been as large as the canary.
  const expected = compared.reduce((sum, { share, baseline }) => sum + (baseline * share) / (1 - share), 0);
  return expected === 0 ? null : compared.reduce((sum, { canary }) => sum + canary, 0) / expected;
}
