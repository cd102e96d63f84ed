import type { RolloutPlan } from './plan.js';
import type { PreflightRecord, WarmUpReport } from './readiness.js';
import type { EnvironmentState, PauseReason, RouteSettings } from './state.js';
import type { Json, Version, VersionTemplate } from './version.js';
import type { Weights } from './weights.js';

/** A gate's figure, its limit and what it made of them, as they were when a decision was taken. */
export interface GateResult {
  readonly gate: string;
  /** `insufficient`: too few requests to say. `error`: the figure could not be had. Neither is ever a pass. */
  readonly verdict: 'pass' | 'fail' | 'insufficient' | 'error';
  readonly observed: number | null;
  readonly limit: number;
  readonly sample: { readonly canary: number; readonly baseline: number };
  /** Of a gate that is valid at every look: the logarithm of its e-value, and where it fails, `ln(1/alpha)`. */
  readonly evidence?: { readonly value: number; readonly limit: number; readonly alpha: number };
  /** The live environment is over the same limit: an outage of both blames nobody. */
  readonly shared?: true;
  /** One sentence for people. */
  readonly message: string;
  /** What it would take for the verdict to change, in one sentence. */
  readonly outlook?: string;
}

interface Of<Type extends string> {
  readonly type: Type;
  readonly route: string;
}

export type BlueGreenEvent =
  | {
      readonly type: 'VersionRegistered';
      /** Versions belong to no route until one is assigned to a slot. */
      readonly route?: undefined;
      readonly versionId: string;
      readonly version: VersionTemplate;
      readonly metadata: Json;
    }
  | (Of<'VersionAssigned'> & { readonly environment: string; readonly version: Version })
  | (Of<'RouteSettingsChanged'> & { readonly settings: RouteSettings })
  | (Of<'RouteRestored'> & {
      /** The revision whose configuration holds again. */
      readonly toRevision: number;
      readonly environments: Readonly<Record<string, EnvironmentState>>;
      readonly weights: Weights;
      readonly active: string;
      readonly settings: RouteSettings;
    })
  | (Of<'RouteConfigured'> & {
      readonly environments: Readonly<Record<string, EnvironmentState>>;
      readonly weights: Weights;
      readonly active: string;
      readonly fallback: readonly string[];
      readonly seed: string;
    })
  | (Of<'WeightsSet'> & {
      readonly weights: Weights;
      readonly active: string;
      /** A split that no rollout walks was taken back. */
      readonly reverted?: true;
    })
  | (Of<'RolloutStarted'> & {
      readonly rolloutId: string;
      readonly from: string;
      readonly to: string;
      readonly plan: RolloutPlan;
      readonly seed: string;
      readonly weights: Weights;
      /** Absent when nobody looked. */
      readonly preflight?: PreflightRecord;
    })
  | (Of<'WarmUpPassed'> & { readonly rolloutId: string; readonly report: WarmUpReport })
  | (Of<'WarmUpStarted'> & { readonly rolloutId: string; readonly weights: Weights })
  | (Of<'ShadowStarted'> & { readonly rolloutId: string; readonly weights: Weights })
  | (Of<'StepEntered'> & { readonly rolloutId: string; readonly step: number; readonly weights: Weights })
  | (Of<'RolloutPaused'> & { readonly rolloutId: string; readonly cause: PauseReason })
  | (Of<'RolloutResumed'> & {
      readonly rolloutId: string;
      /** The time of the stage begins again. */
      readonly anew?: true;
    })
  | (Of<'StepApproved'> & { readonly rolloutId: string })
  | (Of<'BakeStarted'> & { readonly rolloutId: string; readonly weights: Weights })
  | (Of<'RolloutSucceeded'> & { readonly rolloutId: string; readonly weights: Weights })
  | (Of<'RolloutAborted'> & { readonly rolloutId: string; readonly weights: Weights })
  | (Of<'RolledBack'> & { readonly rolloutId: string });

/** Why an event came about: the audit trail's half of it. */
export interface Provenance {
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  /** `system` for the scheduled job, else who asked. */
  readonly actor: string;
  readonly reason: string;
  /** The figures the decision was taken on. Empty when a person decided. */
  readonly evidence: readonly GateResult[];
  /**
   * What the scheduled job saw when it decided: enough to decide again. Counts and figures, a few kilobytes. Absent
   * when a person decided, and in journals of earlier releases.
   */
  readonly basis?: Json;
}

/** An event as it goes into the journal. */
export type JournalRecord = BlueGreenEvent & Provenance;

/** An event as it stands in the journal: `revision` counts from 1 without gaps. */
export type JournalEntry = JournalRecord & { readonly revision: number };
