import { requireWalking, type Command } from './command.js';
import { InvalidWeightsError, RolloutStateError } from './errors.js';
import type { BlueGreenEvent } from './events.js';
import type { RolloutPlan } from './plan.js';
import type { PreflightRecord } from './readiness.js';
import { startRollout, targetOf } from './rollout-commands.js';
import { setTrafficWeights } from './route-commands.js';
import { stairCount, stairs } from './stairs.js';
import type { Foresight } from './step-sight.js';
import { runningRollout, type Rollout, type RouteState, type WalkingPhase } from './state.js';
import { assertWeights, weightOf, withShare, type Weights } from './weights.js';

/** Most steps of a walk: every start writes them to the journal. */
const MAX_WALK_STEPS = 120;

/** A shift by increments. */
export interface Walk {
  readonly rolloutId: string;
  readonly seed: string;
  /** Most percentage points per step. */
  readonly increment: number;
  /** The plan with these weights as its steps. */
  readonly plan: (weights: readonly number[]) => RolloutPlan;
  readonly preflight?: PreflightRecord | undefined;
  /** The faults that its steps can find. */
  readonly sight?: Foresight | undefined;
}

/**
 * Walks to these weights from the present ones, the first step at once. An environment that is to have less has less at
 * once; so has one that replaced the environment that stands by, while that is what gains. A running rollout keeps its
 * identity and its evidence: it gets the new steps and gates, and the time of its present step counts on.
 *
 * @throws {InvalidWeightsError} {@link RolloutStateError}
 */
export function walkTo(target: Weights, walk: Walk): Command {
  return (route) => {
    assertWeights(target);
    const rollout = runningRollout(route);
    return rollout ? walkOn(route, rollout, target, walk) : setOut(route, target, walk);
  };
}

function setOut(route: RouteState, target: Weights, walk: Walk): readonly BlueGreenEvent[] {
  const { active, standby, weights } = route;
  const gaining = Object.keys(route.environments).filter(
    (name) => name !== active && weightOf(target, name) > weightOf(weights, name),
  );
  const [to, ...others] = gaining;
  if (to === undefined || (to === standby && others.length === 0)) return setTrafficWeights(target)(route);
  if (others.length > 0) throw severalGain(route, gaining);
  const lowered = loweredTo(route, target, to);
  const before = lowered === weights ? [] : setTrafficWeights(lowered)(route);
  const steps = stepsTo(weightOf(lowered, to), weightOf(target, to), walk.increment);
  const { rolloutId, seed, preflight, sight } = walk;
  const request = { rolloutId, seed, keepSeed: true, to, plan: walk.plan(steps), preflight, sight };
  return [...before, ...startRollout(request)({ ...route, weights: lowered })];
}

/** The present weights, with what others are to lose given to the live environment already. */
function loweredTo({ environments, active, weights }: RouteState, target: Weights, to: string): Weights {
  return Object.keys(environments).reduce((now, name) => {
    const isLess = name !== active && name !== to && weightOf(target, name) < weightOf(now, name);
    return isLess ? withShare(now, active, name, weightOf(target, name)) : now;
  }, weights);
}

function walkOn(route: RouteState, rollout: Rollout, target: Weights, walk: Walk): readonly BlueGreenEvent[] {
  const { id: rolloutId, to, from, plan: former, phase } = requireWalking(route, 'change');
  const strangers = Object.keys(route.environments).filter(
    (name) => name !== to && name !== from && weightOf(target, name) !== weightOf(route.weights, name),
  );
  if (strangers.length > 0) throw notOfRollout(route, rollout, strangers);
  const ids = { route: route.alias, rolloutId };
  const [now, goal] = [weightOf(route.weights, to), weightOf(target, to)];
  if (goal < now) {
    const weights = withShare(route.weights, from, to, goal);
    return [{ type: 'RolloutSucceeded', ...ids, weights, ...(goal === 0 && { lowered: true as const }) }];
  }
  const ahead = goal > now ? stepsTo(now, goal, walk.increment) : [];
  const hasBegun = isUnderWay(phase.name === 'Paused' ? phase.resumeTo : phase);
  const next = walk.plan(hasBegun ? [now, ...ahead] : ahead.length > 0 ? ahead : [goal]);
  const { warmUp, shadow, strata, groupBy } = former;
  // The parts that are compared are fixed when a rollout starts.
  const parts = { strata, ...(groupBy !== undefined && { groupBy }) };
  const plan: RolloutPlan = { ...next, ...parts, ...(warmUp && { warmUp }), ...(shadow && { shadow }) };
  return isSame(plan, rest(former, phase.name === 'Paused' ? phase.resumeTo : phase))
    ? []
    : [{ type: 'PlanChanged', ...ids, plan }];
}

function isUnderWay({ name }: Rollout['phase']): boolean {
  return name === 'Progressing' || name === 'Baking';
}

/** The plan without the steps that are done. */
function rest(plan: RolloutPlan, stage: Rollout['phase'] | WalkingPhase): RolloutPlan {
  return stage.name === 'Progressing' ? { ...plan, steps: plan.steps.slice(stage.step) } : plan;
}

function isSame(a: RolloutPlan, b: RolloutPlan): boolean {
  return JSON.stringify([a.steps, a.gates, a.finalBakeTime]) === JSON.stringify([b.steps, b.gates, b.finalBakeTime]);
}

function stepsTo(from: number, to: number, increment: number): number[] {
  const count = stairCount(from, to, increment);
  if (count <= MAX_WALK_STEPS) return stairs(from, to, increment);
  throw new InvalidWeightsError(
    `From ${from}% to ${to}% by ${increment} takes ${count} steps; a walk has at most ${MAX_WALK_STEPS}.`,
    100,
    `Use an increment of ${Math.ceil(((to - from) / MAX_WALK_STEPS) * 100) / 100} or more.`,
  );
}

function severalGain({ alias }: RouteState, names: readonly string[]): RolloutStateError {
  return new RolloutStateError(
    `Route "${alias}" can walk to one environment at a time; ${names.map((name) => `"${name}"`).join(' and ')} would gain.`,
    'Shift to one of them first, or set the weights without a shift.',
  );
}

function notOfRollout({ alias }: RouteState, { from, to }: Rollout, names: readonly string[]): RolloutStateError {
  return new RolloutStateError(
    `The rollout of route "${alias}" goes from "${from}" to "${to}"; "${names.join('", "')}" has no part in it.`,
    'Promote it or roll it back first.',
  );
}

/** Walks to all of the traffic of the two environments. */
export function walkToAll(walk: Walk): Command {
  return (route) => {
    const rollout = runningRollout(route);
    const [from, to] = rollout ? [rollout.from, rollout.to] : [route.active, targetOf(route)];
    return walkTo(withShare(route.weights, from, to, 100), walk)(route);
  };
}
