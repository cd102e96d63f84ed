import type { Assignment } from '../routing/assignment.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import type { Target } from '../routing/route-table.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';

/** The environments to ask, in order: the assigned one, then the active one, then the fallback chain; each once. */
export function* candidatesFor(assignment: Assignment, table: LiveRouteTable): Generator<Target> {
  const asked = new Set([assignment.environment]);
  yield assignment;
  // Read late: when the assigned environment has failed, another one may be active.
  const route = table.current.find(assignment.route);
  for (const slot of route ? [route.active, ...route.fallback] : []) {
    if (asked.has(slot.environment)) continue;
    asked.add(slot.environment);
    yield slot;
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

/**
 * Of several failures, the caller learns of the last one that was really asked. If none was asked because none can do
 * what is wanted, the caller learns what each environment lacks.
 */
export function toldOf(before: FailedTarget | undefined, now: FailedTarget): FailedTarget {
  if (!before || now.failure.asked) return now;
  if (before.failure.failure !== 'unsupported') return before;
  if (now.failure.failure !== 'unsupported') return now;
  const message = `${before.failure.message}; nor was "${now.target.environment}": ${now.failure.message}`;
  return { target: before.target, failure: new UpstreamFailure('unsupported', message, { asked: false }) };
}
