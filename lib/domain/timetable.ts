import type { RolloutPlan } from './plan.js';
import { runningRollout, type RouteState } from './state.js';

/** Starting points of a rollout's evidence: the beginning, and 63 later ones. */
export const STARTS = 64;

/** The last of them. */
export const LAST_START = STARTS - 1;

/** Facts of a plan that fix its starting points when the rollout starts. */
export interface Timetable {
  /** Length of the whole plan with its final bake, milliseconds. */
  readonly planned: number;
  /** Stretches with weights of their own that the plan has, the final bake included. */
  readonly segments: number;
}

/** Stretches that the plan's length is cut into. */
const WITHIN_PLAN = 28;
/** Further ones, each longer than the one before, for rollouts that hold: 29 times the plan's length. */
const BEYOND_PLAN = 20;
const GROWTH = 1.3;
/** The rest, for changes of weights. */
const FOR_SEGMENTS = LAST_START - WITHIN_PLAN - BEYOND_PLAN;
/** Shorter stretches would only spend starting points. Milliseconds. */
const SHORTEST = 60_000;

/**
 * The latest starting point that has begun: one at each change of weights, and one every few minutes, further apart
 * the longer the plan is. It never falls while time and segments go on, and never passes the last one.
 *
 * @param elapsed since the rollout began, milliseconds, by a clock that does not jump; below 0 counts as 0.
 * @param segment changes of weights since the rollout began.
 */
export function startAt({ planned, segments }: Timetable, elapsed: number, segment: number): number {
  const scale = segments - 1 > FOR_SEGMENTS ? FOR_SEGMENTS / (segments - 1) : 1;
  const bySegment = Math.min(Math.floor(segment * scale + 1e-9), FOR_SEGMENTS);
  return stretchAt(planned, elapsed) + bySegment;
}

/** Milliseconds between two starting points while the plan lasts as long as planned. */
export function stretchLength(planned: number): number {
  return Math.max(SHORTEST, planned / WITHIN_PLAN);
}

function stretchAt(planned: number, elapsed: number): number {
  if (!(elapsed > 0)) return 0;
  const passed = elapsed / stretchLength(planned);
  if (passed < WITHIN_PLAN) return Math.floor(passed);
  // n stretches that grow from GROWTH on take GROWTH·(GROWTHⁿ − 1)/(GROWTH − 1).
  const grown = 1 + ((passed - WITHIN_PLAN) * (GROWTH - 1)) / GROWTH;
  return WITHIN_PLAN + Math.min(Math.floor(Math.log(grown) / Math.log(GROWTH) + 1e-9), BEYOND_PLAN);
}

/** The place of a request in the rollout that compares it. */
export interface OnTrial {
  /** Wall time at which the rollout began. */
  readonly since: number;
  readonly timetable: Timetable;
  /** Changes of weights since then. */
  readonly segment: number;
  /** The header by whose value requests are also compared. Absent: by none. */
  readonly groupBy?: string | undefined;
}

/** Where requests of the route count now; `undefined` while no rollout compares them. */
export function onTrialNow(route: RouteState): OnTrial | undefined {
  const rollout = runningRollout(route);
  if (!rollout) return undefined;
  const { startedAt: since, plan, segments } = rollout;
  const { groupBy } = plan;
  const segment = Math.max(0, segments.length - 1);
  return { since, timetable: timetableOf(plan), segment, ...(groupBy !== undefined && { groupBy }) };
}

/** The latest starting point that has begun at this wall time. */
export function startOf({ since, timetable, segment }: OnTrial, now: number): number {
  return startAt(timetable, now - since, segment);
}

function timetableOf({ steps, finalBakeTime, shadow }: RolloutPlan): Timetable {
  const walked = steps.reduce((sum, { duration }) => sum + duration, 0);
  return { planned: (shadow?.duration ?? 0) + walked + finalBakeTime, segments: steps.length + 2 };
}
