import { assertEnvironment, assertNoRollout, type Command } from './command.js';
import { RolloutStateError } from './errors.js';
import type { BlueGreenEvent } from './events.js';
import type { RolloutPlan, Step } from './plan.js';
import { idleEnvironment, runningRollout, type PauseReason, type Rollout, type RouteState } from './state.js';
import { withShare, type Weights } from './weights.js';

export interface StartRequest {
  readonly rolloutId: string;
  readonly plan: RolloutPlan;
  readonly seed: string;
  /** The environment to try; the idle one when left out. */
  readonly to?: string | undefined;
}

export function startRollout({ rolloutId, plan, seed, to }: StartRequest): Command {
  return (route) => {
    assertNoRollout(route);
    const target = to ?? idleEnvironment(route);
    if (target === undefined) {
      throw new RolloutStateError(
        `Route "${route.alias}" has no second environment to try.`,
        'Configure one beside the active environment, for example "green".',
      );
    }
    assertEnvironment(route, target);
    if (target === route.active) {
      throw new RolloutStateError(
        `"${target}" is the active environment of route "${route.alias}" already.`,
        'Start the rollout towards the other environment.',
      );
    }
    const weights = withShare(route.weights, route.active, target, firstStep(plan).setWeight);
    return [
      { type: 'RolloutStarted', route: route.alias, rolloutId, from: route.active, to: target, plan, seed, weights },
    ];
  };
}

export function pauseRollout(cause: PauseReason): Command {
  return (route) => {
    const rollout = requireRunning(route, 'pause');
    const { phase } = rollout;
    if (phase.name === 'Aborting') return [];
    // A pause by hand outranks the wait for an approval: an approval alone does not end it.
    if (phase.name === 'Paused' && (phase.reason === 'Manual' || cause !== 'Manual')) return [];
    return [{ type: 'RolloutPaused', route: route.alias, rolloutId: rollout.id, cause }];
  };
}

export const resumeRollout: Command = (route) => {
  const rollout = requireWalking(route, 'resume');
  if (rollout.phase.name !== 'Paused') return [];
  if (rollout.phase.reason === 'AwaitingApproval') {
    throw new RolloutStateError(`The rollout on "${route.alias}" waits for an approval.`, 'Call approve().');
  }
  return [{ type: 'RolloutResumed', route: route.alias, rolloutId: rollout.id }];
};

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

/** The next stage of the schedule: a step, the final bake, or success. */
export const advanceRollout: Command = (route) => {
  const rollout = requireRunning(route, 'advance');
  const { phase, plan } = rollout;
  const ids = { route: route.alias, rolloutId: rollout.id };
  if (phase.name === 'Baking') return [{ type: 'RolloutSucceeded', ...ids, weights: route.weights }];
  if (phase.name !== 'Progressing') return [];
  const next = plan.steps[phase.step + 1];
  if (next) {
    return [{ type: 'StepEntered', ...ids, step: phase.step + 1, weights: stepWeights(route, rollout, next) }];
  }
  return plan.finalBakeTime > 0
    ? [{ type: 'BakeStarted', ...ids, weights: fullWeights(route, rollout) }]
    : [{ type: 'RolloutSucceeded', ...ids, weights: fullWeights(route, rollout) }];
};

/** By hand: the environment on trial becomes the active one now, whatever its schedule says. */
export const promoteRollout: Command = (route) => {
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
 * success it is the immediate return to the environment that stands by.
 */
export const rollbackRollout: Command = (route) => {
  const { rollout } = route;
  if (!rollout) {
    throw new RolloutStateError(
      `Route "${route.alias}" has had no rollout that could be rolled back.`,
      'Set the weights with setTrafficWeights() instead.',
    );
  }
  if (rollout.phase.name === 'Aborting') return [];
  // After its end people may have moved weights: what counts is whether there is traffic to take back.
  if (!runningRollout(route) && (route.weights[rollout.to] ?? 0) === 0) return [];
  const weights = withShare(route.weights, rollout.from, rollout.to, 0);
  return [{ type: 'RolloutAborted', route: route.alias, rolloutId: rollout.id, weights }];
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

function stepWeights(route: RouteState, rollout: Rollout, step: Step): Weights {
  return withShare(route.weights, rollout.from, rollout.to, step.setWeight);
}

function fullWeights(route: RouteState, rollout: Rollout): Weights {
  return withShare(route.weights, rollout.from, rollout.to, 100);
}

function requireRunning(route: RouteState, verb: string): Rollout {
  const rollout = runningRollout(route);
  if (!rollout) {
    throw new RolloutStateError(
      `There is no running rollout to ${verb} on route "${route.alias}".`,
      'Start one with RolloutService.start().',
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
