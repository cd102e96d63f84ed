import { CONSEQUENCES, type FailureClass } from '../domain/outcome.js';
import type { Assignment } from '../routing/assignment.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import type { Target } from '../routing/route-table.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';

/**
 * The environments to ask, in order: the assigned one, then the active one, then the fallback chain; each once.
 *
 * @param wantsAll whether those without traffic follow, when all others have failed.
 */
export function* candidatesFor(
  assignment: Assignment,
  table: LiveRouteTable,
  wantsAll: () => boolean | undefined = () => false,
): Generator<Target> {
  yield assignment;
  const asked = new Set([assignment.environment]);
  // Read late: when the assigned environment has failed, another one may be active.
  const route = table.current.find(assignment.route);
  if (!route) return;
  const late = function* () {
    if (wantsAll()) yield* route.slots.filter(({ servable }) => servable);
  };
  for (const slots of [[route.active, ...route.fallback], late()]) {
    for (const slot of slots) {
      if (asked.has(slot.environment)) continue;
      asked.add(slot.environment);
      yield slot;
    }
  }
}

/** An environment that did not answer, and why. */
export interface FailedTarget {
  readonly target: Target;
  readonly failure: UpstreamFailure;
}

/** Whether asking `next` makes sense after that failure: a request that was too long needs a larger context window. */
export function mayHelp(next: Target, { target, failure }: FailedTarget): boolean {
  if (failure.failure !== 'context_length') return true;
  const [had, has] = [target, next].map(({ version }) => version.capabilities?.maxTokens);
  return had === undefined || has === undefined || has > had;
}

/** Statuses of a refusal that another environment may see differently. */
const ARBITRATED = new Set<number | undefined>([400, 404, 413, 422]);

/**
 * Whether the live environment is asked whose fault a refusal is: the canary refused a request that the split gave it.
 * Forced and pinned requests stay where they are.
 */
export function mayArbitrate(
  { route, environment, reason, pinned }: Assignment,
  { target, failure }: FailedTarget,
  table: LiveRouteTable,
): boolean {
  const live = table.current.find(route)?.active.environment;
  const isOfCanary = target.environment === environment && live !== undefined && live !== environment;
  const isOfSplit = reason !== 'forced' && !pinned;
  return isOfCanary && isOfSplit && ARBITRATED.has(failure.status) && CONSEQUENCES[failure.failure].fallBack === 'live';
}

/** The live environment confirms with these that the request itself is at fault. */
const CONFIRMS = new Set<FailureClass>(['rejected', 'context_length', 'content_filter']);

/** Whether a failure of the live environment says that the canary was right to refuse the request. */
export function confirms({ failure }: UpstreamFailure): boolean {
  return CONFIRMS.has(failure);
}

/**
 * Of several failures, the caller learns of the last one that was really asked. A refusal that the live environment
 * could not confirm stays. If none was asked because none can do
 * what is wanted, the caller learns what each environment lacks.
 */
export function toldOf(before: FailedTarget | undefined, now: FailedTarget): FailedTarget {
  if (!before) return now;
  if (before.failure.failure === 'rejected') return confirms(now.failure) ? now : before;
  if (now.failure.asked) return now;
  if (before.failure.failure !== 'unsupported') return before;
  if (now.failure.failure !== 'unsupported') return now;
  const message = `${before.failure.message}; nor was "${now.target.environment}": ${now.failure.message}`;
  return { target: before.target, failure: new UpstreamFailure('unsupported', message, { asked: false }) };
}
