import type { Evidence, Rollout, RolloutPlan } from 'nestjs-blue-green';
import type { ThresholdGate } from '../../lib/analysis/gates/threshold.js';
import type { Step } from '../../lib/domain/plan.js';
import type { Compared, RolloutEvidence } from '../../lib/analysis/figures.js';
import type { ArmEvidence } from '../../lib/domain/figures.js';
import type { FailureRun } from '../../lib/domain/failure-run.js';
import { Tally } from '../../lib/telemetry/tally.js';
import { observation } from './observations.js';

export interface Traffic {
  readonly ok?: number;
  readonly errors?: number;
  readonly latency?: number;
  readonly timeToFirstToken?: number;
}

const NOTHING: Compared = { all: [], strata: {} };

/** What telemetry would say after this traffic, all of it in the window and in the current step. */
export function evidenceOf(traffic: Traffic, different: Partial<Evidence> = {}): Evidence {
  const summary = summaryOf(traffic);
  const failed = { failed: summary.errors, total: summary.judged };
  return {
    window: summary,
    sinceStart: summary,
    judgedInSegment: summary.judged,
    failedInSegment: summary.errors,
    charged: failed,
    stretches: [{ start: 0, ...failed }],
    run: runOf(0),
    ...different,
  };
}

/**
 * So many units that failed in a row, and what became of their requests: by default blue answered them, and nobody
 * else's.
 */
export function runOf(failures: number, different: Partial<FailureRun> = {}): FailureRun {
  const none = { byKey: [], withoutKey: 0 };
  const answered = { blue: { ...none, withoutKey: failures } };
  return { failures, answered, unanswered: 0, unasked: none, beside: {}, ...different };
}

/** The same of both environments, without anything that only gates valid at every look read. */
export function rolloutEvidenceOf(
  canary: ArmEvidence,
  baseline: ArmEvidence,
  different: Partial<RolloutEvidence> = {},
): RolloutEvidence {
  const names = { canary: 'green', baseline: 'blue' };
  return {
    names,
    units: { canary: canary.judgedInSegment, baseline: baseline.judgedInSegment },
    samples: {
      inSegment: { canary: canary.judgedInSegment, baseline: baseline.judgedInSegment },
      sinceStart: { canary: canary.sinceStart.judged, baseline: baseline.sinceStart.judged },
    },
    canary,
    baseline,
    shares: sharesIn(different),
    strata: [],
    failures: NOTHING,
    refusals: NOTHING,
    faults: [],
    wrongAnswers: NOTHING,
    rescues: [],
    exposures: [],
    ages: {},
    means: {},
    age: 0,
    ...different,
  };
}

export function summaryOf({ ok = 0, errors = 0, ...times }: Traffic) {
  const tally = new Tally();
  for (let n = 0; n < ok; n++) tally.addRequest(observation({ ...times }));
  for (let n = 0; n < errors; n++) tally.addRequest(observation({ ...times, outcome: 'server_error' }));
  return tally.summary();
}

export function gate(different: Partial<ThresholdGate> = {}): ThresholdGate {
  return {
    name: 'errors',
    test: 'threshold',
    kind: 'errorRate',
    compare: 'absolute',
    max: 0.05,
    minSampleSize: 50,
    role: 'guardrail',
    onFail: 'rollback',
    ...different,
  };
}

export function step(
  setWeight: number,
  { canary = 20, baseline = 20, requiresApproval = false, duration = 60_000 } = {},
): Step {
  return { setWeight, duration, holdConditions: { minSampleSize: { canary, baseline }, requiresApproval } };
}

export function plan(different: Partial<RolloutPlan> = {}): RolloutPlan {
  return {
    steps: [step(5), step(100)],
    gates: [gate()],
    alphaTotal: 0.05,
    fastTrip: { consecutiveFailures: 5 },
    finalBakeTime: 60_000,
    consecutiveErrorLimit: 4,
    ...different,
  };
}

/** From blue to green, in its first step since time 0. */
export function rollout(different: Partial<Rollout> = {}): Rollout {
  return {
    id: 'r1',
    from: 'blue',
    to: 'green',
    plan: plan(),
    startedAt: 0,
    phase: { name: 'Progressing', step: 0, since: 0, approved: false },
    segments: [],
    ...different,
  };
}

/** The shares that are named, in their order. */
function sharesIn({ failures, refusals, wrongAnswers, ages = {} }: Partial<RolloutEvidence>): number[] {
  const compared = [failures, refusals, wrongAnswers].flatMap((one) => one?.all ?? []);
  const claims = [...compared, ...Object.values(ages).flatMap((age) => age.claims)];
  return [...new Set(claims.map(({ share }) => share))];
}

/** Units by their first failure under each of these shares, all of them at the first starting point. */
export function comparedOf(...segments: readonly { share: number; canary: number; baseline: number }[]): Compared {
  return { all: segments.map((segment) => ({ previous: -1, start: 0, ...segment })), strata: {} };
}
