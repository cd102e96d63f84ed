import type { JournalEntry } from './events.js';
import {
  isWalking,
  MAX_SEGMENTS,
  type Phase,
  type Rollout,
  type RouteState,
  type Segment,
  type WalkingPhase,
} from './state.js';
import { withVerdict } from './reverted-versions.js';
import { weightOf, type Weights } from './weights.js';

export type EntryOf<Type extends JournalEntry['type']> = Extract<JournalEntry, { type: Type }>;
type RolloutEntry = Extract<JournalEntry, { rolloutId: string }>;

/** The rollout as its first event leaves it. */
export function startedRollout(entry: EntryOf<'RolloutStarted'>): Rollout {
  const { rolloutId: id, from, to, plan, at: startedAt, preflight, earlier, sight } = entry;
  const segments = [segmentOf(entry, entry.weights, entry.revision)];
  const records = { ...(preflight && { preflight }), ...(earlier && { earlier }), ...(sight && { sight }) };
  return { id, from, to, plan, startedAt, phase: firstPhase(entry), segments, ...records };
}

function firstPhase({ plan, at: since }: EntryOf<'RolloutStarted'>): Phase {
  if (plan.warmUp) return { name: 'Warming', since };
  return plan.shadow ? { name: 'Shadowing', since } : { name: 'Progressing', step: 0, since, approved: false };
}

/** The route after an event of its rollout. */
export function reduceRollout(
  route: RouteState,
  rollout: Rollout,
  entry: Exclude<RolloutEntry, { type: 'RolloutStarted' }>,
): RouteState {
  const at = (phase: Phase): RouteState => ({ ...route, rollout: { ...rollout, phase } });
  /** The same under new weights. */
  const under = (weights: Weights, phase: Phase): RouteState => {
    const segments = [...rollout.segments, segmentOf(rollout, weights, entry.revision)].slice(-MAX_SEGMENTS);
    return { ...route, weights, segment: entry.revision, rollout: { ...rollout, phase, segments } };
  };
  const since = entry.at;

  switch (entry.type) {
    case 'PlanChanged':
      return { ...route, rollout: { ...rollout, plan: entry.plan, phase: underNewPlan(rollout.phase) } };
    case 'WarmUpPassed':
      return { ...route, rollout: { ...rollout, warmUp: entry.report } };
    case 'WarmUpStarted':
      return under(entry.weights, { name: 'Warming', since });
    case 'ShadowStarted':
      return under(entry.weights, { name: 'Shadowing', since });
    case 'StepEntered':
      return under(entry.weights, { name: 'Progressing', step: entry.step, since, approved: false });
    case 'BakeStarted':
      return under(entry.weights, { name: 'Baking', since });
    case 'RolloutPaused':
      return at(paused(rollout.phase, entry));
    case 'RolloutResumed':
      return rollout.phase.name === 'Paused' ? at(resumed(rollout.phase, entry)) : route;
    case 'StepApproved':
      return approved(route, rollout);
    case 'RolloutSucceeded':
      return withVerdict(succeeded(route, rollout, entry, under), rollout.to, entry);
    case 'RolloutAborted': {
      const aborted = {
        ...under(entry.weights, { name: 'Aborting', since, reason: entry.reason }),
        standby: undefined,
        refusesBound: entry.bound === 'refuse' ? (true as const) : undefined,
        ...switchedTo(route, rollout.from, since),
      };
      return withVerdict(aborted, rollout.to, entry);
    }
    case 'RolledBack':
      return at({ name: 'RolledBack', since, reason: entry.reason });
  }
}

/** A canary that has taken over all of the traffic becomes the live environment. Any other stays at its weight. */
function succeeded(
  { active, ...route }: RouteState,
  { from, to }: Rollout,
  { weights, at: since }: EntryOf<'RolloutSucceeded'>,
  under: (weights: Weights, phase: Phase) => RouteState,
): RouteState {
  const ended = under(weights, { name: 'Succeeded', since, weight: weightOf(weights, to) });
  if (weightOf(weights, from) > 0) return ended;
  return { ...ended, ...(active !== to && { standby: active }), ...switchedTo({ active, ...route }, to, since) };
}

function segmentOf({ from, to }: Pick<Rollout, 'from' | 'to'>, weights: Weights, revision: number): Segment {
  const canary = weightOf(weights, to);
  const both = canary + weightOf(weights, from);
  return { revision, share: both === 0 ? 0 : canary / both };
}

function paused(phase: Phase, { cause, at: since, actor, reason }: EntryOf<'RolloutPaused'>): Phase {
  const by = cause === 'Manual' ? { by: { actor, reason } } : {};
  if (phase.name === 'Paused') return { ...phase, reason: cause, ...by };
  return isWalking(phase) ? { name: 'Paused', reason: cause, since, resumeTo: phase, ...by } : phase;
}

function underNewPlan(phase: Phase): Phase {
  if (phase.name === 'Paused') return { ...phase, resumeTo: presentStep(phase.resumeTo) };
  return isWalking(phase) ? presentStep(phase) : phase;
}

/** The first step of a new plan is the present one: its time counts on. */
function presentStep(stage: WalkingPhase): WalkingPhase {
  return stage.name === 'Progressing' || stage.name === 'Baking'
    ? { name: 'Progressing', step: 0, since: stage.since, approved: false }
    : stage;
}

/** Time spent paused does not count towards the step. */
function resumed(phase: Extract<Phase, { name: 'Paused' }>, { at, anew }: EntryOf<'RolloutResumed'>): Phase {
  return { ...phase.resumeTo, since: anew ? at : phase.resumeTo.since + (at - phase.since) };
}

function approved(route: RouteState, rollout: Rollout): RouteState {
  const { phase } = rollout;
  if (phase.name === 'Progressing') {
    return { ...route, rollout: { ...rollout, phase: { ...phase, approved: true } } };
  }
  if (phase.name === 'Paused' && phase.resumeTo.name === 'Progressing') {
    const resumeTo = { ...phase.resumeTo, approved: true };
    return { ...route, rollout: { ...rollout, phase: { ...phase, resumeTo } } };
  }
  return route;
}

/** Notes when another environment becomes the active one. */
export function switchedTo(route: RouteState, active: string, at: number): Partial<RouteState> {
  return route.active === active ? {} : { active, lastSwitchAt: at };
}
