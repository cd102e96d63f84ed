import type { GateResult } from '../domain/events.js';
import type { Summary } from '../telemetry/summary.js';
import type { HistorySlice } from '../telemetry/version-history.js';
import type { RolloutEntries } from './rollout-entries.js';

export interface ChartSeries {
  readonly name: string;
  /** Of the environment that was live, or of the one on trial. */
  readonly arm: 'from' | 'to';
  readonly dashed: boolean;
  /** [wall time in milliseconds, value]; a gap where the value is `null`. */
  readonly points: readonly (readonly [number, number | null])[];
}

export interface Chart {
  readonly title: string;
  readonly unit: '%' | 'ms' | '$';
  /** Values hold until the next one, instead of being joined. */
  readonly stepped: boolean;
  readonly series: readonly ChartSeries[];
}

/** One side of the rollout: which version was in the slot, and what it did meanwhile. */
export interface ReportArm {
  readonly environment: string;
  readonly version: string;
  readonly model: string;
  /** While the rollout ran, by the minute. */
  readonly slices: readonly HistorySlice[];
}

/** How alike the answers were, by mirrors of the same requests. */
export interface ReportQuality {
  readonly compared: number;
  /** 0–1; `null` without any. */
  readonly meanSimilarity: number | null;
}

/** One line of what happened. */
export interface ReportLine {
  readonly revision: number;
  readonly at: number;
  readonly what: string;
  readonly actor: string;
  readonly reason: string;
  /** Percent of the traffic for the environment on trial from then on; `undefined` when it did not change. */
  readonly weight: number | undefined;
  readonly evidence: readonly GateResult[];
}

export type ReportSide = Omit<ReportArm, 'slices'> & { readonly summary: Summary };

/** A rollout to be read by somebody who was not there. */
export interface RolloutReport {
  readonly route: string;
  readonly rolloutId: string;
  readonly outcome: RolloutEntries['outcome'];
  /** One sentence: what became of it, and why. */
  readonly headline: string;
  readonly startedAt: number;
  /** Wall time; now, while it runs. */
  readonly until: number;
  readonly from: ReportSide;
  readonly to: ReportSide;
  readonly quality: ReportQuality | undefined;
  readonly lines: readonly ReportLine[];
  readonly charts: readonly Chart[];
  /** What to do next, most important first. */
  readonly next: readonly string[];
}
