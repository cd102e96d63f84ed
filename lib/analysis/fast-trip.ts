import type { FailedOf, Rescues } from '../domain/figures.js';
import { fairLength, type RunUnits } from '../domain/failure-run.js';
import type { Rollout } from '../domain/state.js';
import { tripLength } from './evidence/run-trip.js';
import type { RolloutEvidence } from './figures.js';
import { counted } from './gates/words.js';

/** What a run of failures means for the rollout. */
interface Trip {
  /** It is the canary's own, and long enough. */
  readonly reverts: boolean;
  /** It is long, but may be an outage of both: no time to go on. */
  readonly holds: boolean;
  /** One sentence for people. */
  readonly message: string;
}

/** The part of `alphaTotal` in a plan that does not say. */
const SHARE = 1 / 10;
const NO_UNITS: RunUnits = { byKey: [], withoutKey: 0 };

/**
 * Reads the run of failures that the canary is in. Only units count whose request the live environment answers, or
 * would have: a prompt that no environment survives blames nobody, however often it is sent. One access key makes at
 * most half of them.
 */
export function readTrip({ plan, from, to }: Rollout, { canary, baseline, rescues, exposures }: RolloutEvidence): Trip {
  const { consecutiveFailures, alpha = plan.alphaTotal * SHARE } = plan.fastTrip;
  const { run } = canary;
  const none = { reverts: false, holds: false, message: '' };
  if (consecutiveFailures === 0 || run.failures < consecutiveFailures) return none;
  const rescued = Object.hasOwn(run.answered, from) ? run.answered[from]! : NO_UNITS;
  // Requests that nobody else could be asked for: the live environment would have answered if it answers others.
  const lost = baseline.run.failures === 0 ? run.unasked : NO_UNITS;
  const withoutKey = rescued.withoutKey + lost.withoutKey;
  const length = fairLength([...rescued.byKey, ...lost.byKey], withoutKey);
  const needed = tripLength({
    consecutiveFailures,
    live: withRescues(baseline.charged, rescues),
    lately: withRescues(baseline.lately, rescues),
    canaryUnits: exposures.reduce((sum, { units: [units] }) => sum + (units ?? 0), 0),
    alpha,
  });
  const reverts = length >= needed;
  const message = reverts
    ? `"${to}" failed ${counted(length, 'user')} in a row whose requests "${from}" answers`
    : `"${to}" failed ${counted(run.failures, 'user')} in a row, which an outage of both explains`;
  return { reverts, holds: !reverts, message };
}

/** Requests of the live environment, with those that it was asked in the canary's place. */
function withRescues({ failed, total }: FailedOf, { asked, answered }: Rescues): FailedOf {
  return { failed: failed + asked - answered, total: total + asked };
}
