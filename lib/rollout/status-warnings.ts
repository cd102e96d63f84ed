import type { LocalRollback } from '../domain/local-rollback.js';
import type { RevertedVersion } from '../domain/state.js';
import type { Summary } from '../telemetry/summary.js';

/** What people should know of a route's environments besides their figures, as sentences. */
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
