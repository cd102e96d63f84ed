import { RolloutStateError, UnknownEnvironmentError } from './errors.js';
import type { BlueGreenEvent } from './events.js';
import type { RolloutPlan, Step } from './plan.js';
import { idleEnvironment, runningRollout, type PauseReason, type Rollout, type RouteState } from './state.js';
import { assertWeights, withShare, type Weights } from './weights.js';

/**
 * What may be asked of a route. Each command is a function from the state it finds to the events it leads to;
 * no events means that there was nothing to do.
 */
export type Command = (route: RouteState) => readonly BlueGreenEvent[];

/** A route as the configuration describes it. */
export type RouteDefinition = Pick<RouteState, 'alias' | 'environments' | 'weights' | 'active' | 'fallback'>;

/** Brings a route in line with its configuration; one that is so already keeps its weights and its rollout. */
export function configureRoute(definition: RouteDefinition, known: RouteState | undefined): readonly BlueGreenEvent[] {
  const { alias: route, environments, weights, active, fallback } = definition;
  const same =
    known !== undefined &&
    JSON.stringify([known.environments, known.fallback]) === JSON.stringify([environments, fallback]);
  return same ? [] : [{ type: 'RouteConfigured', route, environments, weights, active, fallback, seed: route }];
}

/** @throws {InvalidWeightsError} {@link UnknownEnvironmentError} {@link RolloutStateError} */
export function setTrafficWeights(weights: Weights): Command {
  return (route) => {
    assertWeights(weights);
    for (const name of Object.keys(weights)) assertEnvironment(route, name);
    assertNoRollout(route);
    const complete: Weights = Object.fromEntries(
      Object.keys(route.environments).map((name) => [name, weights[name] ?? 0]),
    );
    if (sameWeights(complete, route.weights)) return [];
    return [{ type: 'WeightsSet', route: route.alias, weights: complete, active: liveUnder(route, complete) }];
  };
}

/** Moves `increment` percentage points from the other environments to `target`, the active one giving first. */
export function shiftTraffic(target: string, increment: number): Command {
  return (route) => {
    assertEnvironment(route, target);
    if (!(increment > 0 && increment <= 100)) {
      throw new RolloutStateError(
        `Traffic cannot be shifted by ${increment}.`,
        'Shift by more than 0 and at most 100 percentage points.',
      );
    }
    const others = Object.keys(route.environments).filter((name) => name !== target);
    const givers = others.toSorted((a, b) => Number(b === route.active) - Number(a === route.active));
    let weights = route.weights;
    let missing = Math.min(increment, 100 - (weights[target] ?? 0));
    for (const giver of givers) {
      const given = Math.min(missing, weights[giver] ?? 0);
      weights = withShare(weights, giver, target, (weights[target] ?? 0) + given);
      missing -= given;
    }
    return setTrafficWeights(weights)(route);
  };
}

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

/** The active environment stays active as long as it takes traffic; else the heaviest one is. */
function liveUnder(route: RouteState, weights: Weights): string {
  if ((weights[route.active] ?? 0) > 0) return route.active;
  return Object.keys(weights).reduce((heaviest, name) =>
    (weights[name] ?? 0) > (weights[heaviest] ?? 0) ? name : heaviest,
  );
}

function sameWeights(a: Weights, b: Weights): boolean {
  return Object.keys(a).every((name) => a[name] === (b[name] ?? 0));
}

function assertEnvironment(route: RouteState, name: string): void {
  if (!Object.hasOwn(route.environments, name)) {
    throw new UnknownEnvironmentError(route.alias, name, Object.keys(route.environments));
  }
}

function assertNoRollout(route: RouteState): void {
  if (runningRollout(route)) {
    throw new RolloutStateError(
      `A rollout is running on route "${route.alias}".`,
      'Promote it or roll it back first; while it runs, its schedule sets the weights.',
    );
  }
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
