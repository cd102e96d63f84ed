import { fairLength, together, type FailedOf, type RunUnits } from '../domain/failure-run.js';
import type { Rollout } from '../domain/state.js';
import { logRunEvidence, runLimit } from './evidence/run-trip.js';
import type { RolloutEvidence } from './figures.js';
import { counted } from './gates/words.js';

/** The meaning of a run of failures for the rollout. */
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
 * Reads the run of failures that the canary is in. Only units count whose request the live environment answers, or that
 * nobody else could be asked for: a prompt that no environment survives blames nobody, however often it is sent. One
 * access key makes at most half of them. In an outage of both, the live environment fails meanwhile as well.
 */
export function readTrip({ plan, from, to }: Rollout, { canary, exposures }: RolloutEvidence): Trip {
  const { consecutiveFailures, alpha = plan.alphaTotal * SHARE } = plan.fastTrip;
  const { run } = canary;
  if (consecutiveFailures === 0 || run.failures < consecutiveFailures) {
    return { reverts: false, holds: false, message: '' };
  }
  const rescued = of(run.answered, from) ?? NO_UNITS;
  const answered = fairOf(rescued);
  const length = fairOf(together(rescued, run.unasked));
  const byOthers = Object.entries(run.answered).reduce((sum, [name, units]) => {
    return name === from ? sum : sum + allOf(units);
  }, 0);
  const beside = of(run.beside, from) ?? { failed: 0, total: 0 };
  const evidence = logRunEvidence({
    length,
    answered: Math.min(answered, length),
    unanswered: run.unanswered + byOthers,
    beside,
  });
  const canaryUnits = exposures.reduce((sum, { units: [units] }) => sum + (units ?? 0), 0);
  const reverts = length >= consecutiveFailures && evidence >= runLimit(canaryUnits, alpha);
  const inARow = (count: number): string => `${counted(count, 'user')} in a row failed on "${to}"`;
  const others = meanwhile(from, beside);
  const message = reverts
    ? `${inARow(length)}, ${answered} of whom "${from}" answered; ${others}; fastTrip reverts from ${consecutiveFailures}`
    : `${inARow(run.failures)}, ${allOf(rescued)} of whom "${from}" answered; ${others}: an outage of both may explain that`;
  return { reverts, holds: !reverts, message };
}

/** How users of the live environment's own fared during the run. */
function meanwhile(from: string, { failed, total }: FailedOf): string {
  if (total === 0) return `"${from}" had no users of its own meanwhile`;
  return `of ${counted(total, 'user')} of its own ${failed === 0 ? 'none' : failed} failed meanwhile`;
}

function of<Value>(by: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(by, name) ? by[name] : undefined;
}

function fairOf({ byKey, withoutKey }: RunUnits): number {
  return fairLength(byKey, withoutKey);
}

function allOf({ byKey, withoutKey }: RunUnits): number {
  return byKey.reduce((sum, units) => sum + units, withoutKey);
}
