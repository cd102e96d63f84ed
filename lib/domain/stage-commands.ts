import { requireRunning, type Command } from './command.js';
import type { BlueGreenEvent } from './events.js';
import type { WarmUpReport } from './readiness.js';
import { isAutomatic, isWarming, type Phase, type Rollout, type RouteState } from './state.js';
import { withShare, type Weights } from './weights.js';

/** A warm-up that went well: the next stage begins. Does nothing if it is no longer this warm-up that runs. */
export function passWarmUp(of: Pick<Rollout, 'id' | 'phase'>, report: WarmUpReport): Command {
  return (route) => {
    const { rollout } = route;
    if (!rollout || !isWarming(route, of)) return [];
    const ids = { route: route.alias, rolloutId: rollout.id };
    return [{ type: 'WarmUpPassed', ...ids, report }, firstStage(route, rollout, { isWarm: true })];
  };
}

/**
 * The next stage of the schedule: a step, the final bake, or success, both at the last step's weight. A warm-up ends by
 * `passWarmUp()` only.
 */
export const advanceRollout: Command = (route) => {
  const rollout = requireRunning(route, 'advance');
  const { plan } = rollout;
  const phase = stageOf(rollout);
  const ids = { route: route.alias, rolloutId: rollout.id };
  if (phase.name === 'Baking') return [{ type: 'RolloutSucceeded', ...ids, weights: route.weights }];
  if (phase.name === 'Shadowing') return [stepEntered(route, rollout, 0)];
  if (phase.name !== 'Progressing') return [];
  if (plan.steps[phase.step + 1]) return [stepEntered(route, rollout, phase.step + 1)];
  const weights = withShare(route.weights, rollout.from, rollout.to, plan.steps.at(-1)!.setWeight);
  return [{ type: plan.finalBakeTime > 0 ? 'BakeStarted' : 'RolloutSucceeded', ...ids, weights }];
};

/** The stage of the rollout, also during a pause that ends by itself. */
function stageOf({ phase }: Rollout): Phase {
  return phase.name === 'Paused' && isAutomatic(phase.reason) ? phase.resumeTo : phase;
}

/** The first stage of a schedule. */
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

/** The weights that give the canary the traffic of both environments. */
export function fullWeights(route: RouteState, rollout: Rollout): Weights {
  return withShare(route.weights, rollout.from, rollout.to, 100);
}
