import type { JournalEntry } from './events.js';
import type { EarlierVerdict, RevertedVersion, RouteState } from './state.js';
import { versionId } from './version.js';

/** Versions that are remembered per route, the newest last. */
const MOST = 16;

/** The gates' verdict on the version that is in this environment now, if they have reverted it. */
export function revertedVersion(route: RouteState, environment: string): RevertedVersion | undefined {
  const content = contentOf(route, environment);
  return route.reverted?.findLast((known) => known.environment === environment && known.content === content);
}

/** The same as an entry of the journal has it. */
export function earlierVerdict(route: RouteState, environment: string): EarlierVerdict | undefined {
  const reverted = revertedVersion(route, environment);
  return reverted && { rolloutId: reverted.rolloutId, at: reverted.at, reason: reverted.reason };
}

/** The route after its rollout was aborted or has succeeded. A rollback by a person is not a verdict on a version. */
export function withVerdict(route: RouteState, to: string, entry: JournalEntry & { rolloutId: string }): RouteState {
  const isByGates = entry.type === 'RolloutAborted' && entry.basis !== undefined;
  // A walk that was lowered to nothing has shown nothing.
  const hasPassed = entry.type === 'RolloutSucceeded' && !entry.lowered;
  if (!isByGates && !hasPassed) return route;
  const content = contentOf(route, to);
  const others = (route.reverted ?? []).filter((known) => known.environment !== to || known.content !== content);
  if (!isByGates) {
    const { reverted: _, ...rest } = route;
    return others.length === 0 ? rest : { ...rest, reverted: others };
  }
  const { tag } = route.environments[to]!.version;
  const { rolloutId, at, reason } = entry;
  return { ...route, reverted: [...others, { tag, environment: to, content, rolloutId, at, reason }].slice(-MOST) };
}

function contentOf({ environments }: RouteState, environment: string): string {
  return versionId(environments[environment]!.version, {});
}
