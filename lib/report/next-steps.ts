import type { GateResult } from '../domain/events.js';
import type { RolloutReport } from './report.js';

type Facts = Omit<RolloutReport, 'next'>;

/** A difference in cost from which on the report mentions it. */
const NOTABLE = 0.1;

/** Recommendations by rules, most important first. */
export function nextSteps(report: Facts): string[] {
  const outcome =
    report.outcome === 'RolledBack'
      ? afterRollback(report)
      : report.outcome === 'Succeeded'
        ? afterSuccess(report)
        : [`Wait, or decide: ${report.lines.at(-1)?.reason ?? 'it has started'}.`];
  return [...outcome, ...aboutData(report), ...aboutMoney(report)];
}

function afterRollback({ lines, to, from }: Facts): string[] {
  const failed = lastEvidence(lines).filter(({ verdict }) => verdict === 'fail');
  const byHand = failed.length === 0 && lines.at(-1)?.actor !== 'system';
  const classes = Object.entries(to.summary.errorsByClass).toSorted(([, a], [, b]) => b - a);
  const [worst] = classes;
  return [
    `Callers need no action: "${from.environment}" answers them all.`,
    ...(byHand ? [`A person rolled it back: ask ${lines.at(-1)!.actor} for the cause before the next try.`] : []),
    ...failed.map(
      ({ gate, message }) => `Fix the finding of the gate "${gate}" before the next try: ${bare(gate, message)}.`,
    ),
    ...(worst ? [`Look at failures of the class "${worst[0]}" first: ${worst[1]} of ${to.summary.errors}.`] : []),
    `Register the fixed configuration as a new version; "${to.version}" never changes.`,
  ];
}

function afterSuccess({ from, to, lines }: Facts): string[] {
  const weight = lines.at(-1)?.weight ?? 100;
  if (weight < 100) return [`Promote "${to.environment}", or start a schedule that goes beyond ${weight}%.`];
  return [
    `Keep "${from.environment}" (${from.version}) unchanged for a while: a rollback returns to it at once.`,
    `Make "${to.version}" the configured version of the live environment with the next deployment.`,
  ];
}

function aboutData({ to, quality, lines }: Facts): string[] {
  const unsure = lastEvidence(lines).filter(({ verdict }) => verdict === 'insufficient' || verdict === 'error');
  return [
    ...unsure.map(({ gate, message }) => `The gate "${gate}" reached no verdict: ${bare(gate, message)}.`),
    ...(to.summary.unpriced > 0
      ? [`Add a price for "${to.model}": its cost lacks ${to.summary.unpriced} answers.`]
      : []),
    ...(quality === undefined || quality.compared === 0
      ? ['The quality of the answers is unknown: mirror some traffic, or score answers, before the next rollout.']
      : []),
  ];
}

function aboutMoney({ from, to }: Facts): string[] {
  const [before, after] = [from.summary.costPer1000Requests, to.summary.costPer1000Requests];
  if (before === null || after === null || before === 0) return [];
  const change = after / before - 1;
  if (Math.abs(change) < NOTABLE) return [];
  const size = Math.round(Math.abs(change) * 100);
  return [`Plan for it: a request to "${to.environment}" costs ${size}% ${change > 0 ? 'more' : 'less'}.`];
}

/** The message without the gate's name in front. */
function bare(gate: string, message: string): string {
  return message.startsWith(`${gate}: `) ? message.slice(gate.length + 2) : message;
}

/** The results of the gates at their last decision. */
function lastEvidence(lines: Facts['lines']): readonly GateResult[] {
  return lines.findLast(({ evidence }) => evidence.length > 0)?.evidence ?? [];
}
