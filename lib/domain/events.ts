import type { JsonObject } from '../kit/json.js';
import type { RolloutPlan } from './plan.js';
import type { PreflightRecord, WarmUpReport } from './readiness.js';
import type { RouteSettings } from './route-settings.js';
import type { Addresses, EarlierVerdict, EnvironmentState, PauseReason } from './state.js';
import type { Foresight } from './step-sight.js';
import type { Version, VersionTemplate } from './version.js';
import type { Weights } from './weights.js';

/** A gate's figure, limit and verdict at the moment of a decision. */
export interface GateResult {
  readonly gate: string;
  /** `insufficient`: too few requests to say. `error`: the figure is not available. Neither is ever a pass. */
  readonly verdict: 'pass' | 'fail' | 'insufficient' | 'error';
  readonly observed: number | null;
  readonly limit: number;
  readonly sample: { readonly canary: number; readonly baseline: number };
  /**
   * Only gates that are valid at every look: the logarithm of the e-value, and `ln(1/alpha)`, from which the gate
   * fails.
   */
  readonly evidence?: { readonly value: number; readonly limit: number; readonly alpha: number };
  /** The live environment is over the same limit: an outage of both, so the canary is not blamed. */
  readonly shared?: true;
  /** One sentence for people. */
  readonly message: string;
  /** How the verdict could change, in one sentence. */
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
      readonly metadata: JsonObject;
    }
  | {
      /** Written by a person or a pipeline, and the text is the reason. It changes nothing. */
      readonly type: 'NoteAdded';
      /** Absent: about all routes. */
      readonly route?: string | undefined;
      /** The author's own word for it, such as `deploy`. */
      readonly kind?: string | undefined;
      readonly metadata?: JsonObject | undefined;
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
      /** Absent in entries of older releases. */
      readonly addresses?: Addresses | undefined;
    })
  | (Of<'AddressesChanged'> & {
      readonly addresses: Addresses;
      /** Environments that are asked at another address or with another key. Empty: it was not known before. */
      readonly changed: readonly string[];
    })
  | (Of<'WeightsSet'> & {
      readonly weights: Weights;
      readonly active: string;
      /**
       * A split by hand was taken back; `bound`: with the conversations that only the environment left can continue.
       */
      readonly reverted?: true;
      readonly bound?: 'refuse';
      /** A version that gates have reverted before gets traffic again. */
      readonly earlier?: EarlierVerdict;
    })
  | (Of<'RolloutStarted'> & {
      readonly rolloutId: string;
      readonly from: string;
      readonly to: string;
      readonly plan: RolloutPlan;
      readonly seed: string;
      readonly weights: Weights;
      /** Absent when pre-flight is switched off. */
      readonly preflight?: PreflightRecord;
      /** Gates have reverted the same version before. */
      readonly earlier?: EarlierVerdict;
      /** The faults that its steps can find at the traffic before it. Absent in entries of older releases. */
      readonly sight?: Foresight;
      /** Names the figures that its evidence is in. Absent where they live as long as the journal. */
      readonly era?: string;
    })
  | (Of<'EvidenceRestarted'> & {
      readonly rolloutId: string;
      /** Names the figures that its evidence is in from now on: those of before are gone, or a part of them. */
      readonly era: string;
    })
  | (Of<'PlanChanged'> & {
      readonly rolloutId: string;
      /** Its first step is the present one, once the canary has traffic. */
      readonly plan: RolloutPlan;
    })
  | (Of<'WarmUpPassed'> & { readonly rolloutId: string; readonly report: WarmUpReport })
  | (Of<'WarmUpStarted'> & { readonly rolloutId: string; readonly weights: Weights })
  | (Of<'ShadowStarted'> & { readonly rolloutId: string; readonly weights: Weights })
  | (Of<'StepEntered'> & { readonly rolloutId: string; readonly step: number; readonly weights: Weights })
  | (Of<'RolloutPaused'> & { readonly rolloutId: string; readonly cause: PauseReason })
  | (Of<'RolloutResumed'> & {
      readonly rolloutId: string;
      /** The stage's time starts again from zero. */
      readonly anew?: true;
    })
  | (Of<'StepApproved'> & { readonly rolloutId: string })
  | (Of<'BakeStarted'> & { readonly rolloutId: string; readonly weights: Weights })
  | (Of<'RolloutSucceeded'> & {
      readonly rolloutId: string;
      readonly weights: Weights;
      /** A walk ended because its target was lowered to 0%: nothing has succeeded. */
      readonly lowered?: true;
    })
  | (Of<'RolloutAborted'> & {
      readonly rolloutId: string;
      readonly weights: Weights;
      /** A process that began with other options ended it, and nobody's verdict. */
      readonly byOptions?: true;
      readonly bound?: 'refuse';
    })
  | (Of<'RolledBack'> & { readonly rolloutId: string });

/** The audit trail's half of an event: when, who, why. */
interface Provenance {
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  /** `system` for the scheduled job, else the person or key that asked. */
  readonly actor: string;
  readonly reason: string;
  /** The figures the decision was taken on. Empty when a person decided. */
  readonly evidence: readonly GateResult[];
  /**
   * The figures that the scheduled job decided on: enough to take the decision again. A few kilobytes. Absent when a
   * person decided.
   */
  readonly basis?: JsonObject;
}

/** An event as it goes into the journal. */
export type JournalRecord = BlueGreenEvent & Provenance;

/** An event as it stands in the journal: `revision` counts from 1 without gaps. */
export type JournalEntry = JournalRecord & { readonly revision: number };

/** Whether an entry is about this route: a note without a route is about all of them. */
export function concerns({ type, route }: Pick<JournalEntry, 'type' | 'route'>, alias: string): boolean {
  return route === alias || (type === 'NoteAdded' && route === undefined);
}
