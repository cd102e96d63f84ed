import type { JsonObject } from '../kit/json.js';
import type { ArmEvidence, Distribution, ArmFigures } from '../domain/figures.js';
import type { RolloutPlan } from '../domain/plan.js';
import type { FailingSplit } from './check-split.js';
import type { Circumstances } from './circumstances.js';
import type { ShadowFigures } from '../domain/figures.js';
import type { RolloutEvidence } from './figures.js';
import { claimsIn, NOTHING, packed, rows, unpacked, type RecordedClaims } from './recorded-claims.js';
import { figuresOf } from './gates/gates.js';

/** The input of `decide()` beside the state. */
export interface Seen {
  readonly evidence: RolloutEvidence;
  readonly circumstances: Circumstances;
  /** Wall time. */
  readonly now: number;
}

/** The form of the record. A change of the form raises it: a record of another form cannot be replayed. */
const FORM = 6;

/**
 * The figures that a decision on a rollout was based on, as JSON for the journal. Distributions are reduced to the
 * quantiles that the plan's gates read; figures that no gate reads are left out. Bounded by the gates of a plan and the
 * segments of a rollout.
 */
export function rolloutBasis({ gates }: RolloutPlan, { evidence, circumstances, now }: Seen): JsonObject {
  const read = gates.map(figuresOf);
  const quantiles = read.flatMap(({ quantile }) => quantile ?? []);
  const meansRead = new Set(read.map(({ mean }) => mean));
  const counted = new Set(read.map(({ counts }) => counts?.event));
  const {
    names,
    shares,
    strata,
    units,
    samples,
    canary,
    baseline,
    failures,
    refusals,
    faults,
    wrongAnswers,
    rescues,
    exposures,
    ages,
    means,
    age,
  } = evidence;
  const { shadow, ...others } = circumstances;
  return {
    form: FORM,
    now,
    age,
    canary: armAsJson(canary, quantiles, counted.has('fault')),
    baseline: armAsJson(baseline, quantiles, counted.has('fault')),
    names,
    units,
    samples,
    shares,
    strata,
    failures: packed(counted.has('failure') ? failures : NOTHING),
    refusals: packed(counted.has('failure') ? refusals : NOTHING),
    wrongAnswers: packed(counted.has('wrongAnswer') ? wrongAnswers : NOTHING),
    faults: counted.has('fault') ? faults : [],
    rescues,
    exposures,
    ages: Object.fromEntries(
      Object.entries(ages).map(([name, { limits, claims }]) => [name, { limits, claims: rows(claims) }]),
    ),
    means: Object.fromEntries(Object.entries(means).filter(([name]) => meansRead.has(name))),
    circumstances: { ...others, ...(shadow && { shadow: shadowAsJson(shadow) }) },
  };
}

/** The same for a split by hand. */
export function splitBasis({
  environment,
  healthCheck,
  canary,
  baseline,
}: Omit<FailingSplit, 'gates' | 'reason'>): JsonObject {
  const quantiles = [0.99];
  const arms = { canary: armAsJson(canary, quantiles, false), baseline: armAsJson(baseline, quantiles, false) };
  return { form: FORM, environment, healthCheck: { ...healthCheck }, ...arms };
}

/** Reads a record of {@link rolloutBasis}; `undefined` when it has another form. */
export function seenIn(basis: JsonObject): Seen | undefined {
  if (basis['form'] !== FORM || !('age' in basis)) return undefined;
  const { now, circumstances, canary, baseline, ...rest } = basis as unknown as RecordedRollout;
  const { failures, refusals, wrongAnswers, ages } = rest;
  const evidence: RolloutEvidence = {
    ...rest,
    canary: armIn(canary),
    baseline: armIn(baseline),
    failures: unpacked(failures),
    refusals: unpacked(refusals),
    wrongAnswers: unpacked(wrongAnswers),
    ages: Object.fromEntries(
      Object.entries(ages).map(([name, age]) => [name, { ...age, claims: claimsIn(age.claims) }]),
    ),
  };
  return { evidence, circumstances, now };
}

/** Reads a record of {@link splitBasis}; `undefined` when it has another form. */
export function splitIn(basis: JsonObject): RecordedFinding | undefined {
  if (basis['form'] !== FORM || !('environment' in basis)) return undefined;
  const { environment, healthCheck, canary, baseline } = basis as unknown as RecordedSplit;
  return { environment, healthCheck, canary: armIn(canary), baseline: armIn(baseline) };
}

interface RecordedTimes extends Pick<Distribution, 'count' | 'mean'> {
  readonly quantiles: Readonly<Record<string, number | null>>;
}

interface RecordedFigures extends Omit<ArmFigures, 'latency' | 'timeToFirstToken'> {
  readonly latency: RecordedTimes;
  readonly timeToFirstToken: RecordedTimes;
}

interface RecordedArm extends Omit<ArmEvidence, 'window' | 'sinceStart'> {
  readonly window: RecordedFigures;
  readonly sinceStart: RecordedFigures;
}

type RecordedFinding = Pick<FailingSplit, 'environment' | 'healthCheck' | 'canary' | 'baseline'>;

interface RecordedSplit extends Pick<RecordedFinding, 'environment' | 'healthCheck'> {
  readonly canary: RecordedArm;
  readonly baseline: RecordedArm;
}

interface RecordedRollout
  extends
    Omit<RolloutEvidence, keyof RecordedClaims | 'canary' | 'baseline'>,
    Omit<RecordedSplit, 'environment' | 'healthCheck'>,
    RecordedClaims {
  readonly now: number;
  readonly circumstances: Circumstances;
}

function armAsJson(arm: ArmEvidence, quantiles: readonly number[], byStretch: boolean): RecordedArm {
  const { window, sinceStart, judgedInSegment, failedInSegment, charged, stretches, run } = arm;
  const counts = { judgedInSegment, failedInSegment, charged, stretches: byStretch ? stretches : [], run };
  return { window: figuresAsJson(window, quantiles), sinceStart: figuresAsJson(sinceStart, quantiles), ...counts };
}

function figuresAsJson(
  { judged, errorRate, latency, timeToFirstToken }: ArmFigures,
  quantiles: readonly number[],
): RecordedFigures {
  const recorded = (times: Distribution): RecordedTimes => ({
    count: times.count,
    mean: times.mean,
    quantiles: Object.fromEntries(quantiles.map((p) => [p, times.quantile(p)])),
  });
  return { judged, errorRate, latency: recorded(latency), timeToFirstToken: recorded(timeToFirstToken) };
}

function armIn(arm: RecordedArm): ArmEvidence {
  return { ...arm, window: figuresIn(arm.window), sinceStart: figuresIn(arm.sinceStart) };
}

function figuresIn(recorded: RecordedFigures): ArmFigures {
  const { latency, timeToFirstToken } = recorded;
  return { ...recorded, latency: timesIn(latency), timeToFirstToken: timesIn(timeToFirstToken) };
}

function timesIn({ count, mean, quantiles }: RecordedTimes): Distribution {
  return { count, mean, quantile: (p) => quantiles[String(p)] ?? null };
}

function shadowAsJson({ pairs, compared, failedAlone, meanSimilarity, belowThreshold }: ShadowFigures): ShadowFigures {
  return { pairs, compared, failedAlone, meanSimilarity, belowThreshold };
}
