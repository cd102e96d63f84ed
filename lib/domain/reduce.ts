import type { JournalEntry } from './events.js';
import { freshOrder, sideBySide } from './order.js';
import {
  isWalking,
  MAX_SEGMENTS,
  type EnvironmentState,
  type PauseReason,
  type Phase,
  type Rollout,
  type RouteState,
  type Segment,
  type State,
} from './state.js';
import { inherited, weightOf, type Weights } from './weights.js';

/**
 * Folds one journal entry into the state. Pure and total: the same entries give the same state everywhere.
 */
export function reduce(state: State, entry: JournalEntry): State {
  const { revision } = entry;
  if (entry.type === 'VersionRegistered') {
    const { versionId: id, version, metadata, at: registeredAt } = entry;
    const versions = new Map(state.versions).set(version.tag, { id, version, metadata, registeredAt });
    return { ...state, revision, versions };
  }
  const route = reduceRoute(state.routes.get(entry.route), entry);
  if (!route) return { ...state, revision };
  return { ...state, revision, routes: new Map(state.routes).set(entry.route, route) };
}

function reduceRoute(route: RouteState | undefined, entry: RouteEntry): RouteState | undefined {
  if (entry.type === 'RouteConfigured') return configured(route, entry);
  if (!route) return undefined;
  switch (entry.type) {
    case 'VersionAssigned': {
      const environment = { ...route.environments[entry.environment]!, version: entry.version };
      return {
        ...route,
        environments: { ...route.environments, [entry.environment]: environment },
        ...begunAt(entry.revision),
      };
    }
    case 'RouteSettingsChanged':
      return { ...route, settings: entry.settings };
    case 'RouteRestored':
      return {
        ...route,
        environments: entry.environments,
        weights: entry.weights,
        settings: entry.settings,
        standby: undefined,
        ...begunAt(entry.revision),
        ...switchedTo(route, entry.active, entry.at),
      };
    case 'WeightsSet':
      return weighed(route, entry);
    case 'RolloutStarted':
      return {
        ...route,
        standby: undefined,
        weights: entry.weights,
        seed: entry.seed,
        order: orderUnder(route, entry),
        segment: entry.revision,
        epoch: entry.revision,
        rollout: {
          id: entry.rolloutId,
          from: entry.from,
          to: entry.to,
          plan: entry.plan,
          startedAt: entry.at,
          phase: firstPhase(entry),
          segments: [segmentOf(entry, entry.weights, entry.revision)],
          ...(entry.preflight && { preflight: entry.preflight }),
        },
      };
    default:
      return route.rollout?.id === entry.rolloutId ? reduceRollout(route, route.rollout, entry) : route;
  }
}

/**
 * Who had no traffic and gets some is looked at anew: what it did before, people have seen, or it was taken back for
 * it.
 */
function weighed(route: RouteState, entry: Entry<'WeightsSet'>): RouteState {
  const { weights, active, revision, at } = entry;
  const isNew = Object.keys(weights).some((name) => weights[name]! > 0 && (route.weights[name] ?? 0) === 0);
  return {
    ...route,
    weights,
    standby: standbyAfter(route, entry),
    segment: revision,
    ...(isNew && begunAt(revision)),
    ...switchedTo(route, active, at),
  };
}

/** Stands by for as long as it has no traffic. */
function standbyAfter(route: RouteState, { weights, active, reverted }: Entry<'WeightsSet'>): string | undefined {
  if (reverted) return undefined;
  const standby = active === route.active ? route.standby : route.active;
  return standby !== undefined && (weights[standby] ?? 0) === 0 ? standby : undefined;
}

/** A seed that stays has placed people already: none of those on trial may go back. */
function orderUnder(route: RouteState, { seed, from, to }: Entry<'RolloutStarted'>): readonly string[] {
  return seed === route.seed ? sideBySide(route.order, from, to) : freshOrder({ ...route, rollout: { from, to } });
}

function firstPhase({ plan, at: since }: Entry<'RolloutStarted'>): Phase {
  if (plan.warmUp) return { name: 'Warming', since };
  return plan.shadow ? { name: 'Shadowing', since } : { name: 'Progressing', step: 0, since, approved: false };
}

/**
 * The options describe the environments, and where a new route begins. What was changed since is left alone:
 * environments that stay keep version and weight, new ones begin without traffic. Only the share of those that are gone
 * has to go somewhere.
 */
function configured(
  known: RouteState | undefined,
  { route: alias, environments, fallback, weights, active: first, seed, revision, at }: Entry<'RouteConfigured'>,
): RouteState {
  const described = { alias, environments, configured: environments, fallback, ...begunAt(revision) };
  if (!known) {
    return { ...described, settings: {}, weights, active: first, seed, order: freshOrder({ environments, fallback }) };
  }
  const names = Object.keys(environments);
  const active = names.includes(known.active) ? known.active : first;
  const { rollout, standby, ...rest } = known;
  const staysWhole = rollout && [rollout.from, rollout.to].every((name) => names.includes(name));
  return {
    ...rest,
    ...described,
    environments: Object.fromEntries(names.map((name) => [name, merged(known, name, environments[name]!)])),
    weights: inherited(known.weights, names, active),
    order: [...new Set([...known.order.filter((name) => names.includes(name)), ...names])],
    ...switchedTo(known, active, at),
    ...(staysWhole && { rollout }),
    ...(standby !== undefined && standby !== active && names.includes(standby) && { standby }),
  };
}

/** What runs there now, unless the options have changed their mind about it. */
function merged(known: RouteState, name: string, described: EnvironmentState): EnvironmentState {
  const before = Object.hasOwn(known.configured, name) ? known.configured[name] : undefined;
  return JSON.stringify(described) === JSON.stringify(before) ? known.environments[name]! : described;
}

/** New versions: nothing that was seen before says anything about them. */
function begunAt(revision: number): Pick<RouteState, 'segment' | 'epoch'> {
  return { segment: revision, epoch: revision };
}

type Entry<Type extends JournalEntry['type']> = Extract<JournalEntry, { type: Type }>;
type RouteEntry = Exclude<JournalEntry, { type: 'VersionRegistered' }>;
type RolloutEntry = Extract<JournalEntry, { rolloutId: string }>;

function reduceRollout(
  route: RouteState,
  rollout: Rollout,
  entry: Exclude<RolloutEntry, { type: 'RolloutStarted' }>,
): RouteState {
  const at = (phase: Phase): RouteState => ({ ...route, rollout: { ...rollout, phase } });
  /** The same under new weights. */
  const under = (weights: Weights, phase: Phase): RouteState => {
    const segments = [...(rollout.segments ?? []), segmentOf(rollout, weights, entry.revision)].slice(-MAX_SEGMENTS);
    return { ...route, weights, segment: entry.revision, rollout: { ...rollout, phase, segments } };
  };
  const since = entry.at;

  switch (entry.type) {
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
      return at(paused(rollout.phase, entry.cause, since));
    case 'RolloutResumed':
      return rollout.phase.name === 'Paused' ? at(resumed(rollout.phase, entry)) : route;
    case 'StepApproved':
      return approved(route, rollout);
    case 'RolloutSucceeded':
      return { ...under(entry.weights, { name: 'Succeeded', since }), ...switchedTo(route, rollout.to, since) };
    case 'RolloutAborted':
      return {
        ...under(entry.weights, { name: 'Aborting', since, reason: entry.reason }),
        standby: undefined,
        ...switchedTo(route, rollout.from, since),
      };
    case 'RolledBack':
      return at({ name: 'RolledBack', since, reason: entry.reason });
  }
}

function segmentOf({ from, to }: Pick<Rollout, 'from' | 'to'>, weights: Weights, revision: number): Segment {
  const canary = weightOf(weights, to);
  const both = canary + weightOf(weights, from);
  return { revision, share: both === 0 ? 0 : canary / both };
}

function paused(phase: Phase, reason: PauseReason, since: number): Phase {
  if (phase.name === 'Paused') return { ...phase, reason };
  return isWalking(phase) ? { name: 'Paused', reason, since, resumeTo: phase } : phase;
}

/** Time spent paused does not count towards the step. */
function resumed(phase: Extract<Phase, { name: 'Paused' }>, { at, anew }: Entry<'RolloutResumed'>): Phase {
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

function switchedTo(route: RouteState, active: string, at: number): Partial<RouteState> {
  return route.active === active ? {} : { active, lastSwitchAt: at };
}
