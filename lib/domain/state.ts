import type { RolloutPlan } from './plan.js';
import type { PreflightRecord, WarmUpReport } from './readiness.js';
import type { Foresight } from './step-sight.js';
import type { RegisteredVersion, Version } from './version.js';
import { withShare, type Weights } from './weights.js';
import type { RouteSettings } from './route-settings.js';

/** Pauses that end by themselves when their cause is gone. */
export type AutomaticPause = 'Inconclusive' | 'NoTraffic' | 'OutsideWindow' | 'GateError' | 'SampleRatioMismatch';

export type PauseReason = 'Manual' | 'AwaitingApproval' | AutomaticPause;

/** Whether the pause ends by itself. */
export function isAutomatic(reason: PauseReason): reason is AutomaticPause {
  return reason !== 'Manual' && reason !== 'AwaitingApproval';
}

/**
 * Phases in which a rollout walks its schedule. `since` is wall time, moved on by time spent paused. In the first two
 * the canary has no share of the traffic.
 */
export type WalkingPhase =
  | { readonly name: 'Warming'; readonly since: number }
  | { readonly name: 'Shadowing'; readonly since: number }
  | { readonly name: 'Progressing'; readonly step: number; readonly since: number; readonly approved: boolean }
  | { readonly name: 'Baking'; readonly since: number };

/** Where a rollout stands. `Aborting`: the old weights hold again. `RolledBack`: they were read back. */
export type Phase =
  | WalkingPhase
  | {
      readonly name: 'Paused';
      readonly reason: PauseReason;
      readonly since: number;
      readonly resumeTo: WalkingPhase;
      /** Of a pause by hand: the name of a person or key, and their reason. Absent in states of older releases. */
      readonly by?: { readonly actor: string; readonly reason: string };
    }
  | { readonly name: 'Aborting'; readonly since: number; readonly reason: string }
  | { readonly name: 'RolledBack'; readonly since: number; readonly reason: string }
  | {
      readonly name: 'Succeeded';
      readonly since: number;
      /** The canary's weight when it ended, percent. Absent in states of older releases. */
      readonly weight?: number;
    };

/** A pause that only a person ends, in words. */
export function pauseInWords({ reason, by }: Extract<Phase, { name: 'Paused' }>): string {
  if (reason === 'AwaitingApproval') return 'waits for an approval';
  return by === undefined ? 'paused by hand' : `paused by ${by.actor}: ${by.reason}`;
}

/** A stretch of time with constant weights. */
export interface Segment {
  /** The revision at which it began. */
  readonly revision: number;
  /** The canary's part of the traffic that the two environments have, in [0, 1]. */
  readonly share: number;
}

/** Segments that are kept per rollout. Beyond that the oldest is forgotten, with its evidence. */
export const MAX_SEGMENTS = 256;

/** A gate's verdict on a version: its rollout was taken back. */
export interface RevertedVersion {
  readonly tag: string;
  readonly environment: string;
  /** Hash of the version as it was then. A tag may get another content by a changed configuration. */
  readonly content: string;
  readonly rolloutId: string;
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  readonly reason: string;
}

/** The verdict of gates when they reverted a version. */
export type EarlierVerdict = Pick<RevertedVersion, 'rolloutId' | 'at' | 'reason'>;

/** One walk of a schedule: from the environment that was active to the idle one. */
export interface Rollout {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly plan: RolloutPlan;
  readonly startedAt: number;
  readonly phase: Phase;
  /** The stretches of its traffic up to now, the newest last. */
  readonly segments: readonly Segment[];
  /** The pre-flight report. Absent when pre-flight is switched off. */
  readonly preflight?: PreflightRecord;
  /** An earlier rollout of the same version was reverted by its gates: what they said then. */
  readonly earlier?: EarlierVerdict;
  /** The faults that its steps can find at the traffic before it. Absent in states of older releases. */
  readonly sight?: Foresight;
  /** Names the figures that its evidence is in. Absent where they live as long as the journal. */
  readonly era?: string;
  /** How its warm-up went, once that has passed. */
  readonly warmUp?: WarmUpReport;
}

/** By environment. */
export type Addresses = Readonly<Record<string, string>>;

export interface EnvironmentState {
  /** For people; the environment's own name when none was given. */
  readonly displayName: string;
  readonly version: Version;
}

export interface RouteState {
  /** The name that applications ask for. */
  readonly alias: string;
  readonly environments: Readonly<Record<string, EnvironmentState>>;
  /** The environments as the options last described them, to notice a changed configuration. */
  readonly configured: Readonly<Record<string, EnvironmentState>>;
  readonly settings: RouteSettings;
  readonly weights: Weights;
  /**
   * Fingerprints of the address and the key that the options last gave each environment. Absent: not known, as in
   * states of older releases.
   */
  readonly addresses?: Addresses | undefined;
  /** The weights as the options last had them. Absent in states of older releases. */
  readonly configuredWeights?: Weights | undefined;
  /** The environment that is live. Colors are slots: after a rollout the other one is active. */
  readonly active: string;
  /** The environment that the live one has replaced, with the version that it had. A rollback may return to it. */
  readonly standby?: string | undefined;
  /** The environment that the last rollback took all traffic from, until it gets some again. */
  readonly left?: string | undefined;
  /** The environment that a rollback left no longer continues conversations that only it can continue. */
  readonly refusesBound?: true | undefined;
  /** Asked in this order when the assigned and the active environment have failed. */
  readonly fallback: readonly string[];
  /** Goes into the hash of sticky units; a rollout of an environment without traffic brings a new one. */
  readonly seed: string;
  /**
   * The order in which the hash walks the environments. Belongs to the seed: another order would place units elsewhere.
   */
  readonly order: readonly string[];
  /** Revision at which the weights last changed. */
  readonly segment: number;
  /**
   * Revision at which the evidence last restarted: a rollout started, a version changed, or an idle environment got
   * traffic.
   */
  readonly epoch: number;
  /** When the active environment last changed, wall time in milliseconds. */
  readonly lastSwitchAt?: number;
  /** The newest rollout, running or ended. */
  readonly rollout?: Rollout;
  /** Versions that gates have reverted. Absent: none. */
  readonly reverted?: readonly RevertedVersion[];
}

/** All that the journal says, folded. */
export interface State {
  /** Sequence number of the last event in it; 0 before the first. */
  readonly revision: number;
  readonly routes: ReadonlyMap<string, RouteState>;
  /** By tag. */
  readonly versions: ReadonlyMap<string, RegisteredVersion>;
}

export const emptyState: State = { revision: 0, routes: new Map(), versions: new Map() };

const ENDED = new Set<Phase['name']>(['RolledBack', 'Succeeded']);

export function isWalking(phase: Phase): phase is WalkingPhase {
  return !ENDED.has(phase.name) && phase.name !== 'Paused' && phase.name !== 'Aborting';
}

/** Whether this very warm-up still runs. A later one of the same rollout has another start time. */
export function isWarming(route: RouteState | undefined, { id, phase }: Pick<Rollout, 'id' | 'phase'>): boolean {
  const now = route?.rollout;
  return now?.id === id && now.phase.name === 'Warming' && now.phase.since === phase.since;
}

/** The rollout that is under way on this route, if one is. */
export function runningRollout(route: RouteState): Rollout | undefined {
  return route.rollout && !ENDED.has(route.rollout.phase.name) ? route.rollout : undefined;
}

/** The first slot that is neither live nor a fallback: a rollout tries it by default. */
export function idleEnvironment(route: RouteState): string | undefined {
  return Object.keys(route.environments).find((name) => name !== route.active && !route.fallback.includes(name));
}

/** The state with every canary's traffic given back to the environment it came from. */
export function withoutTrials(state: State): State {
  const routes = [...state.routes].map(([alias, route]): [string, RouteState] => {
    const rollout = runningRollout(route);
    return [alias, rollout ? { ...route, weights: withShare(route.weights, rollout.from, rollout.to, 0) } : route];
  });
  return { ...state, routes: new Map(routes) };
}
