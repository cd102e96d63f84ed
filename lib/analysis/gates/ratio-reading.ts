import type { GateResult } from '../../domain/events.js';
import { logStartsEvidence, sinceStart } from '../evidence/starts.js';
import { mixStrata } from '../evidence/strata.js';
import { LOG_START_WEIGHTS } from '../evidence/start-mixture.js';
import type { SegmentFailures } from '../failure-evidence.js';
import { detectableRatio, failuresUntilEnough, type Goal } from '../failure-outlook.js';
import type { Compared, RolloutEvidence } from '../figures.js';
import { logMeanExp } from '../numerics.js';
import type { AnytimeGate } from './gate-kind.js';
import { fromWhere, inWords, type UnitPhrase } from './ratio-words.js';
import { tooFewOf } from './too-few.js';
import { times } from './words.js';

/** One kind of event, with units of its own. */
interface Process {
  readonly compared: Compared;
  readonly event: UnitPhrase;
}

export interface RatioReading {
  readonly evidence: Pick<RolloutEvidence, 'names' | 'shares' | 'strata' | 'samples'>;
  /** Kinds of events. Each has the same weight. */
  readonly processes: readonly [Process, ...Process[]];
  /** Greatest ratio of the two environments' rates that is tolerated. */
  readonly limit: number;
  readonly sample: GateResult['sample'];
  /** In words, where that is not the ratio of the rates. */
  readonly tolerated?: string | undefined;
}

/** Reads whether events come from the canary more often than its share of the traffic explains. */
export function readRatio({ name, alpha, minSampleSize }: AnytimeGate, reading: RatioReading): GateResult {
  const { names, shares } = reading.evidence;
  const { processes, limit, sample, tolerated } = reading;
  const readings = processes.map(({ compared }) => mixtureOf(compared, reading));
  const value = logMeanExp(readings.map(({ log }) => log));
  const evidence = { value, limit: Math.log(1 / alpha), alpha };
  const loudest = loudestOf(processes, readings);
  const { event } = processes[loudest]!;
  const { segments, stratum } = readings[loudest]!;
  const observed = ratioOf(segments);
  const base = { gate: name, observed, limit, sample, evidence };
  const among = stratum === undefined ? `${name}: ` : `${name}: among ${inWords(stratum)} `;
  if (value >= evidence.limit) {
    const most = tolerated ?? (limit === 1 ? 'no more is tolerated' : `at most ${times(limit)} is tolerated`);
    const ratio = observed === null ? '' : `: about ${times(observed)} the rate of ${names.baseline}, and ${most}`;
    return { ...base, verdict: 'fail', message: `${among}${fromWhere(segments, event, names, true)}${ratio}` };
  }
  const { canary, baseline } = reading.evidence.samples.sinceStart;
  const seen = { requests: Math.min(sample.canary, sample.baseline), samples: Math.min(canary, baseline) };
  const few = tooFewOf(seen, minSampleSize);
  const outlook = outlookOf(processes[loudest]!.compared, neededOf(readings, loudest, alpha), reading, alpha);
  if (few !== undefined) return { ...base, verdict: 'insufficient', message: `${name}: ${few}`, outlook };
  const all = sinceStart(processes[loudest]!.compared.all, 0, shares);
  const message = `${name}: ${fromWhere(all, event, names, false)}: no evidence of more than is tolerated`;
  return { ...base, verdict: 'pass', message, outlook };
}

interface Mixture {
  /** Natural logarithm. */
  readonly log: number;
  /** The same of parts of the traffic; `undefined` where none are compared. */
  readonly parts: number | undefined;
  /** Units since the starting point that says most, in the part that says most. */
  readonly segments: readonly SegmentFailures[];
  /** The part that says more than all traffic. */
  readonly stratum?: string | undefined;
}

function mixtureOf({ all, strata }: Compared, { limit, evidence }: RatioReading): Mixture {
  const whole = logStartsEvidence(all, limit);
  const parts = Object.entries(strata).map(([name, claims]) => [name, logStartsEvidence(claims, limit)] as const);
  const logs = Object.fromEntries(parts.map(([name, { log }]) => [name, log]));
  const { log, parts: mean, speaks } = mixStrata(whole.log, logs, evidence.strata);
  const [claims, { loudest }] =
    speaks === undefined ? [all, whole] : [strata[speaks]!, parts.find(([name]) => name === speaks)![1]];
  return { log, parts: mean, segments: sinceStart(claims, loudest, evidence.shares), stratum: speaks };
}

/** The kind of event that says most, among those that have happened. */
function loudestOf(processes: readonly Process[], readings: readonly Mixture[]): number {
  const hasHappened = processes.map(({ compared: { all } }) => all.some((claim) => claim.canary + claim.baseline > 0));
  const from = Math.max(hasHappened.indexOf(true), 0);
  return readings.reduce((best, { log }, n) => (hasHappened[n] && log > readings[best]!.log ? n : best), from);
}

/**
 * Evidence of all traffic that is enough for this kind of event, with what the others and its parts have said already.
 */
function neededOf(readings: readonly Mixture[], of: number, alpha: number): number {
  const others = readings.reduce((sum, { log }, n) => (n === of ? sum : sum + Math.exp(log)), 0);
  const needed = readings.length / alpha - others;
  const { parts } = readings[of]!;
  return Math.log(parts === undefined ? needed : 2 * needed - Math.exp(parts));
}

function outlookOf(
  { all }: Compared,
  needed: number,
  { evidence: { names, shares }, limit: ratio }: RatioReading,
  alpha: number,
): string {
  const { canary, baseline } = names;
  const goal: Goal = { share: shares.at(-1) ?? 0, ratio, needed };
  const more = failuresUntilEnough(all, goal);
  const fromTheStart = sinceStart(all, 0, shares);
  const detectable = detectableRatio(fromTheStart, ratio, alpha * Math.exp(LOG_START_WEIGHTS[0]!));
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
