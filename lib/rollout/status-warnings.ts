import type { LocalRollback } from '../domain/local-rollback.js';
import type { RevertedVersion, Rollout, RouteState } from '../domain/state.js';
import type { Summary } from '../telemetry/summary.js';
import type { Telemetry } from '../telemetry/telemetry.js';

/** Warnings about a route's environments, as sentences. */
export function statusWarnings(
  environments: readonly { readonly name: string; readonly recent: Pick<Summary, 'requests' | 'errorsByClass'> }[],
  takenOut?: LocalRollback,
  earlier: readonly RevertedVersion[] = [],
): string[] {
  const local = takenOut
    ? [
        `"${takenOut.environment}" gets no traffic from this process: ${takenOut.reason}. The rollback is not recorded yet.`,
      ]
    : [];
  const refusals = environments.flatMap(({ name, recent: { requests, errorsByClass } }) => {
    const refused = errorsByClass.budget ?? 0;
    if (refused === 0) return [];
    const share = `${refused} of ${requests} recent ${requests === 1 ? 'request' : 'requests'}`;
    return [`"${name}" was not asked in ${share}: the cost limit of its version, or a budget, did not allow it.`];
  });
  const again = earlier.map(({ environment, tag, at, reason }) => {
    return `"${environment}" has traffic with ${tag}, which was reverted at ${new Date(at).toISOString()}: ${reason}`;
  });
  return [...local, ...again, ...refusals];
}

/** The same of a rollout with more users than are kept apart. */
export function thinningWarnings(
  { alias, epoch, segment }: RouteState,
  { from, to }: Rollout,
  telemetry: Telemetry,
): string[] {
  const thinning = telemetry.trial(alias, epoch).thinning([from, to], segment);
  return thinning === 1 ? [] : [`More users than can be told apart: the comparison counts 1 of ${thinning} users`];
}
