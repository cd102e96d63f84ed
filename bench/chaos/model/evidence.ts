import type { Due } from '../messages.js';
import type { History, LookRecord, PlacementRecord } from '../history.js';
import type { Rule } from './check.js';

/** Milliseconds from the evidence for a rollback to the last new caller of the canary. */
const PROTECTED_WITHIN = 2_000;

interface DueStretch extends Due {
  readonly life: string;
  readonly route: string;
  readonly from: number;
  /** Of the last look at which the figures said so. */
  readonly to: number;
}

/**
 * 2 s after the figures that a process has call for a rollback it places no new callers on the canary, whether the
 * journal can be reached or not. A caller who is bound to it by a conversation, or forced, is left alone.
 */
export const evidence: Rule = (history) => {
  const stretches = stretchesIn(history);
  const violations = history.placements.flatMap((placement) => {
    const late = stretches.find((stretch) => isLate(placement, stretch));
    if (!late) return [];
    const ms = Math.round(placement.at - late.from);
    return [`${placement.requestId} on ${placement.life}: on "${late.environment}" ${ms} ms behind its evidence`];
  });
  return { looked: stretches.length, violations };
};

function isLate({ life, route, environment, epoch, offSplit, at }: PlacementRecord, due: DueStretch): boolean {
  // Epoch 0 has the table of a replica that has taken a canary out by itself.
  const isEpoch = epoch === due.epoch || epoch === 0;
  const isMeant = isEpoch && life === due.life && route === due.route && environment === due.environment;
  return isMeant && !offSplit && at > due.from + PROTECTED_WITHIN && at <= due.to;
}

/** Looks in a row at which the same rollback was due. */
function stretchesIn({ looks }: History): DueStretch[] {
  const open = new Map<string, DueStretch>();
  const all: DueStretch[] = [];
  for (const look of looks) {
    for (const route of new Set([...Object.keys(look.due ?? {}), ...routesOf(open, look)])) {
      const key = `${look.life} ${route}`;
      const [before, now] = [open.get(key), look.due?.[route]];
      if (before && (!now || now.epoch !== before.epoch)) {
        all.push(before);
        open.delete(key);
      }
      if (now) open.set(key, { from: look.at, ...open.get(key), ...now, life: look.life, route, to: look.at });
    }
  }
  return [...all, ...open.values()];
}

function routesOf(open: ReadonlyMap<string, DueStretch>, { life }: LookRecord): string[] {
  return [...open.values()].filter((stretch) => stretch.life === life).map(({ route }) => route);
}
