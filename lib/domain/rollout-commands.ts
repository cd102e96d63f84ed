import { assertEnvironment, assertNoRollout, type Command } from './command.js';
import { RolloutStateError } from './errors.js';
import type { BlueGreenEvent } from './events.js';
import type { RolloutPlan, Step } from './plan.js';
import { isSplit, promoteSplit, revertSplit } from './split-commands.js';
import type { PreflightRecord, WarmUpReport } from './readiness.js';
import {
  idleEnvironment,
  isAutomatic,
  isWarming,
  runningRollout,
  type AutomaticPause,
  type PauseReason,
  type Phase,
  type Rollout,
  type RouteState,
} from './state.js';
import { withShare, type Weights } from './weights.js';

export interface StartRequest {
  readonly rolloutId: string;
  readonly plan: RolloutPlan;
  readonly seed: string;
  /**
   * The route's own seed stays where the environment has traffic already: whoever is there must not go back. Default
   * `false`.
   */
  readonly keepSeed?: boolean | undefined;
  /** The environment to try; the idle one when left out. */
  readonly to?: string | undefined;
  readonly preflight?: PreflightRecord | undefined;
}

export function startRollout({ rolloutId, plan, seed: fresh, keepSeed, to, preflight }: StartRequest): Command {
  return (route) => {
    assertNoRollout(route);
    const target = to ?? targetOf(route);
    assertEnvironment(route, target);
    if (target === route.active) {
      throw new RolloutStateError(
        `"${target}" is the active environment of route "${route.alias}" already.`,
        'Start the rollout towards the other environment.',
      );
    }
    const share = plan.warmUp || plan.shadow ? 0 : firstStep(plan).setWeight;
    const ids = { route: route.alias, rolloutId, from: route.active, to: target };
    const weights = withShare(route.weights, route.active, target, share);
    const seed = keepSeed && (route.weights[target] ?? 0) > 0 ? route.seed : fresh;
    return [{ type: 'RolloutStarted', ...ids, plan, seed, weights, ...(preflight && { preflight }) }];
  };
}

/** Whom a rollout tries when nobody is named. @throws {RolloutStateError} */
export function targetOf(route: RouteState): string {
  const target = idleEnvironment(route);
  if (target !== undefined) return target;
  const spare = route.fallback.find((name) => name !== route.active);
  if (spare === undefined) {
    throw new RolloutStateError(
      `Route "${route.alias}" has no second environment to try.`,
      'Configure one beside the active environment, for example "green".',
    );
  }
  throw new RolloutStateError(
    `Route "${route.alias}" has no environment to try: "${spare}" is a fallback, as all are that are not called blue or green.`,
    `Name the one to try, as in rollout: { to: "${spare}" }; or say which are fallbacks, as in fallback: [].`,
  );
}

export function pauseRollout(cause: PauseReason): Command {
  return (route) => {
    const rollout = requireRunning(route, 'pause');
    const { phase } = rollout;
    if (phase.name === 'Aborting') return [];
    // A pause by hand outranks every other one, the wait for an approval every one that ends by itself.
    if (phase.name === 'Paused' && rankOf(phase.reason) >= rankOf(cause) && !mayFollow(phase.reason, cause)) return [];
    return [{ type: 'RolloutPaused', route: route.alias, rolloutId: rollout.id, cause }];
  };
}

function rankOf(reason: PauseReason): number {
  if (reason === 'Manual') return 2;
  return reason === 'AwaitingApproval' ? 1 : 0;
}

/** Causes that come and go may take turns without the rollout going on in between. */
function mayFollow(reason: PauseReason, cause: PauseReason): boolean {
  return isAutomatic(reason) && isAutomatic(cause) && reason !== cause;
}

/** By hand. Where nothing could be concluded in time, the time begins again. */
export const resumeRollout: Command = (route) => {
  const rollout = requireWalking(route, 'resume');
  const { phase } = rollout;
  if (phase.name !== 'Paused') return [];
  if (phase.reason === 'AwaitingApproval') {
    throw new RolloutStateError(`The rollout on "${route.alias}" waits for an approval.`, 'Call approve().');
  }
  const anew = phase.reason === 'Inconclusive' ? { anew: true as const } : {};
  return [{ type: 'RolloutResumed', route: route.alias, rolloutId: rollout.id, ...anew }];
};

/** The cause of a pause that ends by itself is gone. Ends no other pause. */
export function endPause(cause: AutomaticPause): Command {
  return (route) => {
    const rollout = requireRunning(route, 'resume');
    const { phase } = rollout;
    if (phase.name !== 'Paused' || phase.reason !== cause) return [];
    return [{ type: 'RolloutResumed', route: route.alias, rolloutId: rollout.id }];
  };
}

/** A warm-up that went well: the stage behind it begins. Nothing happens when another one has begun meanwhile. */
export function passWarmUp(of: Pick<Rollout, 'id' | 'phase'>, report: WarmUpReport): Command {
  return (route) => {
    const { rollout } = route;
    if (!rollout || !isWarming(route, of)) return [];
    const ids = { route: route.alias, rolloutId: rollout.id };
    return [{ type: 'WarmUpPassed', ...ids, report }, firstStage(route, rollout, { isWarm: true })];
  };
}

/** A warm-up that went badly takes the rollout back. The same proviso. */
export function failWarmUp(of: Pick<Rollout, 'id' | 'phase'>): Command {
  return (route) => (isWarming(route, of) ? rollbackRollout(route) : []);
}

export const approveStep: Command = (route) => {
  const rollout = requireWalking(route, 'approve');
  const ids = { route: route.alias, rolloutId: rollout.id };
  const { phase } = rollout;
  if (phase.name === 'Progressing') return phase.approved ? [] : [{ type: 'StepApproved', ...ids }];
  if (phase.name === 'Paused' && phase.resumeTo.name === 'Progressing') {
    const approved: BlueGreenEvent = { type: 'StepApproved', ...ids };
    return phase.reason === 'AwaitingApproval' ? [approved, { type: 'RolloutResumed', ...ids }] : [approved];
  }
  return [];
};

/** The next stage of the schedule: a step, the final bake, or success. Only its own end is the end of a warm-up. */
export const advanceRollout: Command = (route) => {
  const rollout = requireRunning(route, 'advance');
  const { plan } = rollout;
  const phase = stageOf(rollout);
  const ids = { route: route.alias, rolloutId: rollout.id };
  if (phase.name === 'Baking') return [{ type: 'RolloutSucceeded', ...ids, weights: route.weights }];
  if (phase.name === 'Shadowing') return [stepEntered(route, rollout, 0)];
  if (phase.name !== 'Progressing') return [];
  if (plan.steps[phase.step + 1]) return [stepEntered(route, rollout, phase.step + 1)];
  return plan.finalBakeTime > 0
    ? [{ type: 'BakeStarted', ...ids, weights: fullWeights(route, rollout) }]
    : [{ type: 'RolloutSucceeded', ...ids, weights: fullWeights(route, rollout) }];
};

/** Its stage, also while it waits for something that ends by itself. */
function stageOf({ phase }: Rollout): Phase {
  return phase.name === 'Paused' && isAutomatic(phase.reason) ? phase.resumeTo : phase;
}

/** By hand: the environment on trial becomes the active one now, whatever its schedule says, or without any. */
export const promoteRollout: Command = (route) => {
  const split = runningRollout(route) ? undefined : promoteSplit(route);
  if (split) return split;
  const rollout = requireWalking(route, 'promote');
  return [
    {
      type: 'RolloutSucceeded',
      route: route.alias,
      rolloutId: rollout.id,
      weights: fullWeights(route, rollout),
    },
  ];
};

/**
 * Takes all traffic back to where the rollout came from. Outranks every state and is idempotent; after a
 * success it is the immediate return to the environment that stands by. Before the first one, a split by hand goes
 * back to the live environment.
 */
export const rollbackRollout: Command = (route) => {
  const { rollout, alias } = route;
  if (!rollout && isSplit(route)) return revertSplit()(route);
  if (!rollout) {
    throw new RolloutStateError(
      `Route "${alias}" has had no rollout that could be rolled back.`,
      'Set the weights instead.',
    );
  }
  if (rollout.phase.name === 'Aborting') return [];
  // After its end people may have moved weights: what counts is whether there is traffic to take back.
  if (!runningRollout(route) && (route.weights[rollout.to] ?? 0) === 0) return [];
  const weights = withShare(route.weights, rollout.from, rollout.to, 0);
  return [{ type: 'RolloutAborted', route: alias, rolloutId: rollout.id, weights }];
};

/** The weight was read back from the table that routes: the rollback is done. */
export const confirmRollback: Command = (route) =>
  route.rollout?.phase.name === 'Aborting'
    ? [{ type: 'RolledBack', route: route.alias, rolloutId: route.rollout.id }]
    : [];

function firstStep(plan: RolloutPlan): Step {
  const [first] = plan.steps;
  if (!first) throw new RolloutStateError('The schedule has no steps.', 'Give it at least one step with a weight.');
  return first;
}

/** What a schedule begins with. */
export function firstStage(route: RouteState, rollout: Rollout, { isWarm = false } = {}): BlueGreenEvent {
  const { from, to, plan } = rollout;
  const ids = { route: route.alias, rolloutId: rollout.id };
  const weights = withShare(route.weights, from, to, 0);
  if (plan.warmUp && !isWarm) return { type: 'WarmUpStarted', ...ids, weights };
  return plan.shadow ? { type: 'ShadowStarted', ...ids, weights } : stepEntered(route, rollout, 0);
}

function stepEntered(route: RouteState, rollout: Rollout, step: number): BlueGreenEvent {
  const { id: rolloutId, from, to, plan } = rollout;
  const weights = withShare(route.weights, from, to, plan.steps[step]!.setWeight);
  return { type: 'StepEntered', route: route.alias, rolloutId, step, weights };
}

function fullWeights(route: RouteState, rollout: Rollout): Weights {
  return withShare(route.weights, rollout.from, rollout.to, 100);
}

function requireRunning(route: RouteState, verb: string): Rollout {
  const rollout = runningRollout(route);
  if (!rollout) {
    throw new RolloutStateError(
      `There is no running rollout to ${verb} on route "${route.alias}".`,
      'Start one first.',
    );
  }
  return rollout;
}

function requireWalking(route: RouteState, verb: string): Rollout {
  const rollout = requireRunning(route, verb);
  if (rollout.phase.name === 'Aborting') {
    throw new RolloutStateError(
      `The rollout on "${route.alias}" is being rolled back.`,
      'Start a new rollout once it has ended.',
    );
  }
  return rollout;
}
