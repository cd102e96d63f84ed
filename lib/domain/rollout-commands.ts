import { assertEnvironment, assertNoRollout, requireWalking, type Command } from './command.js';
import { RevertedVersionError, RolloutStateError } from './errors.js';
import type { RolloutPlan, Step } from './plan.js';
import { promoteSplit } from './split-commands.js';
import type { PreflightRecord } from './readiness.js';
import { earlierVerdict, revertedVersion } from './reverted-versions.js';
import { fullWeights } from './stage-commands.js';
import type { Foresight } from './step-sight.js';
import { idleEnvironment, isWarming, runningRollout, type Rollout, type RouteState } from './state.js';
import { withShare } from './weights.js';

export interface StartRequest {
  readonly rolloutId: string;
  readonly plan: RolloutPlan;
  readonly seed: string;
  /** Keep the route's seed if the environment has traffic already: its users must not move back. Default `false`. */
  readonly keepSeed?: boolean | undefined;
  /** The environment to try; the idle one when left out. */
  readonly to?: string | undefined;
  readonly preflight?: PreflightRecord | undefined;
  /** Refuses a version that gates have reverted. Default `false`: the start records their verdict. */
  readonly refuseReverted?: boolean | undefined;
  /** The faults that the steps of the plan can find. */
  readonly sight?: Foresight | undefined;
}

export function startRollout(request: StartRequest): Command {
  const { rolloutId, plan, seed: fresh, keepSeed, to, preflight, refuseReverted, sight } = request;
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
    const reverted = revertedVersion(route, target);
    if (reverted && refuseReverted) throw new RevertedVersionError(route.alias, target, reverted);
    const earlier = earlierVerdict(route, target);
    const records = { ...(preflight && { preflight }), ...(earlier && { earlier }), ...(sight && { sight }) };
    return [{ type: 'RolloutStarted', ...ids, plan, seed, weights, ...records }];
  };
}

/** The environment that a rollout tries by default. @throws {RolloutStateError} */
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
    `Route "${route.alias}" has no environment to try: "${spare}" is a fallback, as is every environment not named blue or green.`,
    `Name the environment to try, as in rollout: { to: "${spare}" }; or list the fallbacks yourself, as in fallback: [].`,
  );
}

/** A warm-up that failed takes the rollout back. Does nothing if it is no longer this warm-up that runs. */
export function failWarmUp(of: Pick<Rollout, 'id' | 'phase'>): Command {
  return (route) => (isWarming(route, of) ? abortRollout(route) : []);
}

/** By hand: the canary becomes the active environment now, whatever its schedule says, or without a schedule. */
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

/** Takes the canary's traffic back to where the rollout came from. Idempotent. No other environment is touched. */
export const abortRollout: Command = (route) => {
  const rollout = runningRollout(route);
  if (!rollout || rollout.phase.name === 'Aborting') return [];
  const weights = withShare(route.weights, rollout.from, rollout.to, 0);
  return [{ type: 'RolloutAborted', route: route.alias, rolloutId: rollout.id, weights }];
};

/** The figures of the rollout are gone: its evidence begins again. Idempotent, whichever replica notices. */
export function restartEvidence(rolloutId: string, era: string): Command {
  return (route) => {
    const rollout = runningRollout(route);
    if (rollout?.id !== rolloutId || rollout.era === era) return [];
    return [{ type: 'EvidenceRestarted', route: route.alias, rolloutId, era }];
  };
}

/** The weight was read back as zero from the table that routes: the rollback is done. */
export const confirmRollback: Command = (route) =>
  route.rollout?.phase.name === 'Aborting'
    ? [{ type: 'RolledBack', route: route.alias, rolloutId: route.rollout.id }]
    : [];

function firstStep(plan: RolloutPlan): Step {
  const [first] = plan.steps;
  if (!first) throw new RolloutStateError('The schedule has no steps.', 'Give it at least one step with a weight.');
  return first;
}
