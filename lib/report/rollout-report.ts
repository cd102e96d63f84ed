import type { JournalEntry } from '../domain/events.js';
import { sumOf } from '../telemetry/version-history.js';
import { chartsOf } from './report-charts.js';
import type { ReportArm, ReportLine, ReportQuality, ReportSide, RolloutReport } from './report.js';
import { nextSteps } from './next-steps.js';
import type { RolloutEntries } from './rollout-entries.js';

export interface ReportInput {
  readonly rollout: RolloutEntries;
  readonly from: ReportArm;
  readonly to: ReportArm;
  /** Absent without mirrors. */
  readonly quality?: ReportQuality | undefined;
  readonly now: number;
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
  // Notes are for readers: what to do next follows from the rollout itself.
  const own = entries.filter(({ type }) => type !== 'NoteAdded').map((entry) => lineOf(entry, to.environment));
  return { ...report, next: nextSteps({ ...report, lines: own }) };
}

const WORDS: Readonly<Record<string, string>> = {
  RolloutStarted: 'Started',
  StepEntered: 'Next step',
  RolloutPaused: 'Paused',
  RolloutResumed: 'Resumed',
  StepApproved: 'Approved',
  EvidenceRestarted: 'Evidence lost, started again',
  BakeStarted: 'Final bake',
  RolloutSucceeded: 'Succeeded',
  RolloutAborted: 'Traffic returned',
  RolledBack: 'Rollback confirmed',
  NoteAdded: 'Note',
};

function lineOf(entry: JournalEntry, to: string): ReportLine {
  const { revision, at, type, actor, reason, evidence } = entry;
  const step = entry.type === 'StepEntered' ? ` ${entry.step + 1}` : '';
  const weight = 'weights' in entry ? (entry.weights[to] ?? 0) : undefined;
  return { revision, at, what: `${WORDS[type] ?? type}${step}`, actor, reason, weight, evidence };
}

function headlineOf({ outcome, entries }: RolloutEntries, from: ReportArm, to: ReportArm): string {
  const left = entries.findLast(({ type }) => type === 'RolloutSucceeded');
  if (left?.type === 'RolloutSucceeded' && left.lowered) {
    return `"${to.environment}" (${to.version}) was lowered to 0% before its schedule was over.`;
  }
  if (outcome === 'Succeeded' && left && 'weights' in left && (left.weights[from.environment] ?? 0) > 0) {
    return `"${to.environment}" (${to.version}) keeps ${left.weights[to.environment]}% of the traffic, where the schedule ends.`;
  }
  if (outcome === 'Succeeded') return `"${to.environment}" (${to.version}) has taken over from "${from.environment}".`;
  const aborted = entries.findLast(({ type }) => type === 'RolloutAborted') ?? entries.at(-1)!;
  if (outcome === 'RolledBack') return `All traffic is back on "${from.environment}": ${aborted.reason}.`;
  return `"${to.environment}" (${to.version}) is still the canary.`;
}

function sideOf({ slices, ...who }: ReportArm): ReportSide {
  return { ...who, summary: sumOf(slices).summary() };
}
