import type { GateResult, JournalEntry } from '../domain/events.js';
import { sumOf, type HistorySlice } from '../telemetry/version-history.js';
import type { Summary } from '../telemetry/tally.js';
import { chartsOf, type Chart } from './report-charts.js';
import { nextSteps } from './next-steps.js';
import type { RolloutEntries } from './rollout-entries.js';

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

export interface ReportInput {
  readonly rollout: RolloutEntries;
  readonly from: ReportArm;
  readonly to: ReportArm;
  /** Absent without mirrors. */
  readonly quality?: ReportQuality | undefined;
  readonly now: number;
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

type ReportSide = Omit<ReportArm, 'slices'> & { readonly summary: Summary };

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

/** Pure: the same entries and figures make the same report. */
export function rolloutReport({ rollout, from, to, quality, now }: ReportInput): RolloutReport {
  const { started, entries, outcome, endedAt } = rollout;
  const lines = entries.map((entry) => lineOf(entry, to.environment));
  const report = {
    route: started.route,
    rolloutId: started.rolloutId,
    outcome,
    headline: headlineOf(rollout, from, to),
    startedAt: started.at,
    until: endedAt ?? now,
    from: sideOf(from),
    to: sideOf(to),
    quality,
    lines,
    charts: chartsOf(from, to, lines, endedAt ?? now),
  };
  return { ...report, next: nextSteps(report) };
}

const WORDS: Readonly<Record<string, string>> = {
  RolloutStarted: 'Started',
  StepEntered: 'Next step',
  RolloutPaused: 'Paused',
  RolloutResumed: 'Resumed',
  StepApproved: 'Approved',
  BakeStarted: 'Final bake',
  RolloutSucceeded: 'Succeeded',
  RolloutAborted: 'Traffic taken back',
  RolledBack: 'Rollback confirmed',
};

function lineOf(entry: JournalEntry, to: string): ReportLine {
  const { revision, at, type, actor, reason, evidence } = entry;
  const step = entry.type === 'StepEntered' ? ` ${entry.step + 1}` : '';
  const weight = 'weights' in entry ? (entry.weights[to] ?? 0) : undefined;
  return { revision, at, what: `${WORDS[type] ?? type}${step}`, actor, reason, weight, evidence };
}

function headlineOf({ outcome, entries }: RolloutEntries, from: ReportArm, to: ReportArm): string {
  if (outcome === 'Succeeded') return `"${to.environment}" (${to.version}) has taken over from "${from.environment}".`;
  const aborted = entries.findLast(({ type }) => type === 'RolloutAborted') ?? entries.at(-1)!;
  if (outcome === 'RolledBack') return `All traffic is back on "${from.environment}": ${aborted.reason}.`;
  return `"${to.environment}" (${to.version}) is still on trial.`;
}

function sideOf({ slices, ...who }: ReportArm): ReportSide {
  return { ...who, summary: sumOf(slices).summary() };
}
