import type { GateResult } from '../domain/events.js';
import type { Summary } from '../telemetry/summary.js';
import type { HistorySlice } from '../telemetry/version-history.js';
import type { RolloutEntries } from './rollout-entries.js';

export interface ChartSeries {
  readonly name: string;
  /** `from`: the live environment. `to`: the canary. */
  readonly arm: 'from' | 'to';
  readonly dashed: boolean;
  /** [wall time in milliseconds, value]; a gap where the value is `null`. */
  readonly points: readonly (readonly [number, number | null])[];
}

export interface Chart {
  readonly title: string;
  readonly unit: '%' | 'ms' | '$';
  /** A value holds until the next one; the line has steps. */
  readonly stepped: boolean;
  readonly series: readonly ChartSeries[];
}

/** One side of the rollout: the version in the slot and its figures during the rollout. */
export interface ReportArm {
  readonly environment: string;
  readonly version: string;
  readonly model: string;
  /** While the rollout ran, by the minute. */
  readonly slices: readonly HistorySlice[];
}

/** The similarity of answers to mirrored requests. */
export interface ReportQuality {
  readonly compared: number;
  /** 0–1; `null` without any. */
  readonly meanSimilarity: number | null;
}

/** One event of the rollout. */
export interface ReportLine {
  readonly revision: number;
  readonly at: number;
  readonly what: string;
  readonly actor: string;
  readonly reason: string;
  /** Percent of the traffic for the canary from then on; `undefined` when it did not change. */
  readonly weight: number | undefined;
  readonly evidence: readonly GateResult[];
}

export type ReportSide = Omit<ReportArm, 'slices'> & { readonly summary: Summary };

/** A rollout, for readers who did not watch it. */
export interface RolloutReport {
  readonly route: string;
  readonly rolloutId: string;
  readonly outcome: RolloutEntries['outcome'];
  /** One sentence: the outcome and its reason. */
  readonly headline: string;
  readonly startedAt: number;
  /** Wall time; now, while it runs. */
  readonly until: number;
  readonly from: ReportSide;
  readonly to: ReportSide;
  readonly quality: ReportQuality | undefined;
  readonly lines: readonly ReportLine[];
  readonly charts: readonly Chart[];
  /** Recommendations, most important first. */
  readonly next: readonly string[];
}
