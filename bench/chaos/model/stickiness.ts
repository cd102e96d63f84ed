import type { State } from '../../../lib/domain/state.js';
import type { PlacementRecord } from '../history.js';
import type { Rule } from './check.js';
import { Reach } from './reach.js';
import { statesOf } from './states.js';

/** Where one user was seen under one seed, by the canary's share. */
interface Seen {
  /** The greatest share of the canary at which the user was elsewhere. */
  off: number;
  /** The least share at which the user was on the canary. */
  on: number;
}

/**
 * A user who is on the canary at some share is there at every greater one, on every replica, for as long as the seed
 * holds. Told from placements alone, without the hash.
 */
export const stickiness: Rule = (history) => {
  const users = new Map(history.calls.map(({ id, user }) => [id, user]));
  const states = statesOf(history.entries);
  const reach = new Reach(history);
  const seen = new Map<string, Seen>();
  const violations: string[] = [];
  let looked = 0;
  for (const placement of history.placements) {
    const user = users.get(placement.requestId);
    const trial = trialAt(placement, states[placement.segment]);
    if (user === undefined || placement.offSplit || !trial) continue;
    if (!trial.isOn && reach.mayHold(placement.replica, placement.at)) continue;
    looked++;
    const key = `${placement.route} ${trial.seed} ${trial.canary} ${user}`;
    const known = seen.get(key) ?? { off: -1, on: Number.POSITIVE_INFINITY };
    seen.set(key, known);
    if (trial.isOn) known.on = Math.min(known.on, trial.share);
    else known.off = Math.max(known.off, trial.share);
    if (known.on > known.off) continue;
    const where = `on "${trial.canary}" at ${known.on}% and off it at ${known.off}%`;
    violations.push(`${user} (${placement.requestId}, ${placement.life}): ${where}`);
    seen.delete(key);
  }
  return { looked, violations };
};

interface TrialSight {
  readonly seed: string;
  readonly canary: string;
  readonly share: number;
  readonly isOn: boolean;
}

/** The first environment in the order is the canary: the rollout's, else the one beside the first. */
function trialAt({ route: alias, environment }: PlacementRecord, state: State | undefined): TrialSight | undefined {
  const route = state?.routes.get(alias);
  if (!route) return undefined;
  const canary = route.rollout?.to ?? 'green';
  const share = route.weights[canary] ?? 0;
  return { seed: route.seed, canary, share, isOn: environment === canary };
}
