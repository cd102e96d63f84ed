import type { Gate, RolloutPlan } from '../domain/plan.js';
import type { HealthCheck } from '../domain/state.js';
import type { Json } from '../domain/version.js';
import type { FailingSplit } from './check-split.js';
import type { Circumstances, ShadowFigures } from './circumstances.js';
import type { ArmEvidence, Figures, RolloutEvidence, Times } from './figures.js';

/** Everything that `decide()` is given beside the state. */
export interface Seen {
  readonly evidence: RolloutEvidence;
  readonly circumstances: Circumstances;
  /** Wall time. */
  readonly now: number;
}

/** Raised when what is recorded is recorded otherwise: a record of another form cannot be replayed. */
const FORM = 2;

/**
 * What a decision on a rollout was taken on, as JSON, for the journal. Of distributions it keeps the quantiles that the
 * plan's gates read; what none of them reads is left out. Bounded by the gates of a plan and the segments of a rollout.
 */
export function rolloutBasis({ gates }: RolloutPlan, { evidence, circumstances, now }: Seen): Json {
  const quantiles = gates.flatMap((gate) => ('quantile' in gate && gate.quantile !== undefined ? [gate.quantile] : []));
  const read = new Set(gates.map(meanOf));
  const { canary, baseline, failures, rescues, exposures, ages, means, age } = evidence;
  const { shadow, ...others } = circumstances;
  return {
    form: FORM,
    now,
    age,
    canary: armAsJson(canary, quantiles),
    baseline: armAsJson(baseline, quantiles),
    failures: gates.some(({ test }) => test === 'failureRatio' || test === 'ceiling') ? failures : [],
    rescues,
    exposures,
    ages,
    means: Object.fromEntries(Object.entries(means).filter(([name]) => read.has(name))),
    circumstances: { ...others, ...(shadow && { shadow: shadowAsJson(shadow) }) },
  };
}

/** The same of a split that no rollout walks. */
export function splitBasis({
  environment,
  healthCheck,
  canary,
  baseline,
}: Omit<FailingSplit, 'gates' | 'reason'>): Json {
  const quantiles = [0.99];
  const arms = { canary: armAsJson(canary, quantiles), baseline: armAsJson(baseline, quantiles) };
  return { form: FORM, environment, healthCheck: { ...healthCheck }, ...arms };
}

/** What was recorded by {@link rolloutBasis}; `undefined` when it is of another form. */
export function seenIn(basis: Json): Seen | undefined {
  if (basis['form'] !== FORM || !('age' in basis)) return undefined;
  const { now, circumstances, canary, baseline, ...rest } = basis as unknown as RecordedRollout;
  return { evidence: { ...rest, canary: armIn(canary), baseline: armIn(baseline) }, circumstances, now };
}

/** What was recorded by {@link splitBasis}; `undefined` when it is of another form. */
export function splitIn(basis: Json): RecordedFinding | undefined {
  if (basis['form'] !== FORM || !('environment' in basis)) return undefined;
  const { environment, healthCheck, canary, baseline } = basis as unknown as RecordedSplit;
  return { environment, healthCheck, canary: armIn(canary), baseline: armIn(baseline) };
}

interface RecordedTimes extends Pick<Times, 'count' | 'mean'> {
  readonly quantiles: Readonly<Record<string, number | null>>;
}

interface RecordedFigures extends Omit<Figures, 'latency' | 'timeToFirstToken'> {
  readonly latency: RecordedTimes;
  readonly timeToFirstToken: RecordedTimes;
}

interface RecordedArm extends Omit<ArmEvidence, 'window' | 'sinceStart'> {
  readonly window: RecordedFigures;
  readonly sinceStart: RecordedFigures;
}

interface RecordedFinding extends Pick<FailingSplit, 'environment' | 'canary' | 'baseline'> {
  /** Absent in journals of earlier releases: it was the route's own. */
  readonly healthCheck?: HealthCheck | undefined;
}

interface RecordedSplit extends Pick<RecordedFinding, 'environment' | 'healthCheck'> {
  readonly canary: RecordedArm;
  readonly baseline: RecordedArm;
}

interface RecordedRollout
  extends Omit<RolloutEvidence, 'canary' | 'baseline'>, Omit<RecordedSplit, 'environment' | 'healthCheck'> {
  readonly now: number;
  readonly circumstances: Circumstances;
}

/** Whose mean a gate reads, if it reads one. */
function meanOf(gate: Gate): string | undefined {
  if (gate.kind === 'cost') return 'cost';
  return 'evaluator' in gate ? gate.evaluator : undefined;
}

function armAsJson(arm: ArmEvidence, quantiles: readonly number[]): RecordedArm {
  const { window, sinceStart, judgedInSegment, failedInSegment, run } = arm;
  const counts = { judgedInSegment, failedInSegment, run };
  return { window: figuresAsJson(window, quantiles), sinceStart: figuresAsJson(sinceStart, quantiles), ...counts };
}

function figuresAsJson(
  { judged, errorRate, latency, timeToFirstToken }: Figures,
  quantiles: readonly number[],
): RecordedFigures {
  const recorded = (times: Times): RecordedTimes => ({
    count: times.count,
    mean: times.mean,
    quantiles: Object.fromEntries(quantiles.map((p) => [p, times.quantile(p)])),
  });
  return { judged, errorRate, latency: recorded(latency), timeToFirstToken: recorded(timeToFirstToken) };
}

function armIn(arm: RecordedArm): ArmEvidence {
  return { ...arm, window: figuresIn(arm.window), sinceStart: figuresIn(arm.sinceStart) };
}

function figuresIn(recorded: RecordedFigures): Figures {
  const { latency, timeToFirstToken } = recorded;
  return { ...recorded, latency: timesIn(latency), timeToFirstToken: timesIn(timeToFirstToken) };
}

function timesIn({ count, mean, quantiles }: RecordedTimes): Times {
  return { count, mean, quantile: (p) => quantiles[String(p)] ?? null };
}

function shadowAsJson({ pairs, compared, failedAlone, meanSimilarity, belowThreshold }: ShadowFigures): ShadowFigures {
  return { pairs, compared, failedAlone, meanSimilarity, belowThreshold };
}
