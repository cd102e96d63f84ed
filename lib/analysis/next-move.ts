import type { GateResult } from '../domain/events.js';
import type { OnInconclusive, Step } from '../domain/plan.js';
import type { AutomaticPause, Rollout, WalkingPhase } from '../domain/state.js';
import type { Weights } from '../domain/weights.js';
import type { Circumstances } from './circumstances.js';
import { undetected } from './detection.js';
import type { RolloutEvidence } from './figures.js';
import { readTrip } from './fast-trip.js';
import { whileOpen } from './open-breaker.js';
import { logAssignmentEvidence } from './sample-ratio.js';
import { openingOf } from './windows.js';

/** The next move of a stage, once nothing reverts. */
export interface Move {
  readonly action: 'rollback' | 'advance' | 'awaitApproval' | 'pause' | 'hold';
  /** One sentence for people. */
  readonly reason: string;
  /** With `pause`. */
  readonly cause?: AutomaticPause;
  /** Wall time until which the stage waits, if known. */
  readonly until?: number | undefined;
}

/** A stage, with all that is known about it. */
export interface Standing {
  readonly rollout: Rollout;
  readonly stage: WalkingPhase;
  /** Milliseconds that count towards the stage: without those of pauses. */
  readonly elapsed: number;
  /** The cause of the present pause, if it is paused. The conditions of the stage stay the same. */
  readonly pausedFor: AutomaticPause | undefined;
  readonly weights: Weights;
  readonly evidence: RolloutEvidence;
  readonly circumstances: Circumstances;
  /** The results of the plan's gates, in the same order. */
  readonly results: readonly GateResult[];
  /** The results of the shadow stage's gates. */
  readonly shadowed: readonly GateResult[];
  readonly now: number;
}

/** Different units that a step needs of each environment: fewer would be the word of a few users. */
const FEWEST_UNITS = 10;

/** Logarithm of the Bayes factor from which a split counts as wrong: odds of a thousand to one. */
const SAMPLE_RATIO_LIMIT = Math.log(1_000);

export function nextMove(standing: Standing): Move {
  switch (standing.stage.name) {
    case 'Warming':
      return hold(`"${standing.rollout.to}" is warming up`);
    case 'Shadowing':
      return shadowMove(standing);
    default:
      return stepMove(standing, standing.stage);
  }
}

type TrafficStage = Extract<WalkingPhase, { name: 'Progressing' | 'Baking' }>;

function stepMove(standing: Standing, stage: TrafficStage): Move {
  const { rollout, evidence, now } = standing;
  const { plan } = rollout;
  const step = stage.name === 'Baking' ? plan.steps.at(-1)! : plan.steps[stage.step]!;
  const blind = blindness(standing, step);
  if (blind) return blind;

  const holding = standing.results.find(
    ({ verdict, shared }, index) => verdict === 'fail' && !shared && plan.gates[index]!.onFail === 'hold',
  );
  const unsure = find(standing, ({ verdict }) => verdict === 'insufficient');
  const duration = stage.name === 'Baking' ? plan.finalBakeTime : step.duration;
  // The bake has no time limit: the canary has its last weight already.
  const limits = stage.name === 'Baking' ? {} : step;
  const open = concluded(standing, {
    ...limits,
    duration,
    gate: (holding ?? unsure)?.message,
    sample:
      whileOpen(standing, duration) ??
      missingSamples(step, standing) ??
      (stage.name === 'Baking' ? undefined : undetected(step, standing)),
    hasData: evidence.canary.judgedInSegment > 0 && !holding,
  });
  if (open) return open;

  if (stage.name === 'Baking') return { action: 'advance', reason: 'the final bake is over and every gate passes' };
  const { windows = [], requiresApproval } = step.holdConditions;
  const { isOpen, opensAt } = openingOf(windows, now);
  if (!isOpen) {
    const opens =
      opensAt === undefined ? 'no window ever opens' : `the next one opens at ${new Date(opensAt).toISOString()}`;
    const reason = `step ${stage.step + 1} is done, but outside its schedule windows: ${opens}`;
    return { action: 'pause', cause: 'OutsideWindow', reason, until: opensAt };
  }
  if (requiresApproval && !stage.approved) {
    return { action: 'awaitApproval', reason: `step ${stage.step + 1} is done and waits for an approval` };
  }
  return { action: 'advance', reason: `step ${stage.step + 1} is done and every gate passes` };
}

/** Reasons not to trust the gates. */
function blindness(standing: Standing, step: Step): Move | undefined {
  const { evidence, circumstances, rollout, pausedFor } = standing;
  const trip = readTrip(rollout, evidence);
  if (trip.holds) return hold(trip.message);
  const shared = find(standing, (result) => result.shared === true);
  if (shared) return hold(`an outage of both: ${shared.message}`);
  if (logAssignmentEvidence(evidence.exposures) >= SAMPLE_RATIO_LIMIT) {
    const reason = 'requests are not split as the weights say: the gates cannot be trusted';
    return { action: 'pause', cause: 'SampleRatioMismatch', reason };
  }
  const quiet = withoutTraffic(standing, step);
  if (quiet) return quiet;
  const unreadable = find(standing, ({ verdict }) => verdict === 'error');
  if (!unreadable) return undefined;
  const { consecutiveErrorLimit } = rollout.plan;
  const isLasting = (circumstances.unreadable ?? 0) >= consecutiveErrorLimit || pausedFor === 'GateError';
  return isLasting
    ? { action: 'pause', cause: 'GateError', reason: `a gate cannot be read: ${unreadable.message}` }
    : hold(unreadable.message);
}

function withoutTraffic({ evidence, circumstances, stage, rollout, now }: Standing, step: Step): Move | undefined {
  const { noTrafficGracePeriod: grace, noTrafficAction } = step;
  if (grace === undefined || evidence.canary.window.judged > 0) return undefined;
  const quietFor = now - Math.max(stage.since, circumstances.lastVerdictAt ?? 0);
  if (quietFor < grace) return undefined;
  const reason = `no request on "${rollout.to}" for ${seconds(quietFor)} s`;
  return noTrafficAction === 'rollback'
    ? { action: 'rollback', reason }
    : { action: 'pause', cause: 'NoTraffic', reason };
}

function shadowMove(standing: Standing): Move {
  const { shadowed, rollout } = standing;
  const stage = rollout.plan.shadow;
  if (!stage) return { action: 'advance', reason: 'there is no shadow stage' };
  const pairs = shadowed.find(({ verdict }) => verdict === 'insufficient');
  const hasData = (standing.circumstances.shadow?.compared ?? 0) > 0;
  const open = concluded(standing, { ...stage, gate: pairs?.message, sample: undefined, hasData });
  return open ?? { action: 'advance', reason: 'the shadow stage is done and each of its gates passes' };
}

interface Conclusion {
  readonly duration: number;
  readonly maxDuration?: number | undefined;
  readonly onInconclusive?: OnInconclusive | undefined;
  /** The message of a gate that keeps the stage from advancing. */
  readonly gate: string | undefined;
  /** The requests that are missing, in words. */
  readonly sample: string | undefined;
  /** There is some data on the canary, and no gate holds. */
  readonly hasData: boolean;
}

/** The move of a stage that cannot advance yet; `undefined` when it may advance. */
function concluded({ elapsed, now }: Standing, about: Conclusion): Move | undefined {
  const { duration, maxDuration = Infinity, onInconclusive, gate, sample, hasData } = about;
  const isOverdue = elapsed >= Math.max(duration, maxDuration);
  if (gate !== undefined && !isOverdue) return hold(gate);
  const left = duration - elapsed;
  if (left > 0) return { ...hold(`${seconds(left)} s of this stage are left`), until: now + left };
  const open = gate ?? sample;
  if (open === undefined) return undefined;
  if (!isOverdue) return hold(open);
  if (onInconclusive === 'advance' && hasData) return undefined;
  const reason = `nothing could be concluded within ${seconds(elapsed)} s: ${open}`;
  return onInconclusive === 'rollback'
    ? { action: 'rollback', reason }
    : { action: 'pause', cause: 'Inconclusive', reason };
}

/** The first such result, leaving out gates that only warn. */
function find({ results, rollout }: Standing, test: (result: GateResult) => boolean): GateResult | undefined {
  return results.find((result, index) => rollout.plan.gates[index]!.onFail !== 'warn' && test(result));
}

/** The requests that are missing under the current weights. Advancing needs at least one, whatever the plan says. */
function missingSamples(step: Step, { evidence, rollout, weights }: Standing): string | undefined {
  const { canary, baseline, units, samples } = evidence;
  const { from, to } = rollout;
  const { minSampleSize, minUnits = FEWEST_UNITS } = step.holdConditions;
  const needed = Math.max(1, minSampleSize.canary);
  if (canary.judgedInSegment < needed) {
    return `${canary.judgedInSegment} of ${needed} requests on "${to}" in this stage`;
  }
  // Do not wait for an environment that gets no traffic.
  const takesTraffic = (weights[from] ?? 0) > 0;
  if (takesTraffic && baseline.judgedInSegment < minSampleSize.baseline) {
    return `${baseline.judgedInSegment} of ${minSampleSize.baseline} requests on "${from}" in this stage`;
  }
  // A plan that asks for fewer samples cannot mean more users.
  const { inSegment } = samples;
  const arms = [
    { name: to, of: units.canary, all: inSegment.canary, needed },
    { name: from, of: units.baseline, all: inSegment.baseline, needed: takesTraffic ? minSampleSize.baseline : 0 },
  ];
  const different = arms.map(({ name, of, needed: most }) => ({ name, of, least: Math.min(minUnits, most) }));
  const few = different.find(({ of, least }) => of < least);
  const remedy = 'split by a key with more variety, or use the strategy "weighted"';
  if (few) return `${few.of} of ${few.least} different users on "${few.name}" in this stage: ${remedy}`;
  const missing = arms.find(({ all, needed: least }) => all < least);
  if (!missing) return undefined;
  const { name, of, all, needed: least } = missing;
  return `${all} of ${least} samples on "${name}" in this stage, of ${of} users: each counts once in each stretch; ${remedy}`;
}

function hold(reason: string): Move {
  return { action: 'hold', reason };
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}
