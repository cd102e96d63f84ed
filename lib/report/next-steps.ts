import type { GateResult } from '../domain/events.js';
import type { RolloutReport } from './report.js';

type Facts = Omit<RolloutReport, 'next'>;

/** From here on the canary is called dearer, or cheaper. */
const NOTABLE = 0.1;

/** What a reader should do, by rules; most important first. */
export function nextSteps(report: Facts): string[] {
  const outcome =
    report.outcome === 'RolledBack'
      ? afterRollback(report)
      : report.outcome === 'Succeeded'
        ? afterSuccess(report)
        : [`Wait, or decide: ${report.lines.at(-1)?.reason ?? 'it has begun'}.`];
  return [...outcome, ...aboutData(report), ...aboutMoney(report)];
}

function afterRollback({ lines, to, from }: Facts): string[] {
  const failed = lastEvidence(lines).filter(({ verdict }) => verdict === 'fail');
  const byHand = failed.length === 0 && lines.at(-1)?.actor !== 'system';
  const classes = Object.entries(to.summary.errorsByClass).toSorted(([, a], [, b]) => b - a);
  const [worst] = classes;
  return [
    `Nothing has to be done for callers: "${from.environment}" answers them all.`,
    ...(byHand
      ? [`A person took the traffic back; ask ${lines.at(-1)!.actor} what was seen before it is tried again.`]
      : []),
    ...failed.map(
      ({ gate, message }) => `Mend what the gate "${gate}" saw before the next try: ${bare(gate, message)}.`,
    ),
    ...(worst ? [`Look at failures of the class "${worst[0]}" first: ${worst[1]} of ${to.summary.errors}.`] : []),
    `Register the mended configuration as a version of its own; "${to.version}" stays what it is.`,
  ];
}

function afterSuccess({ from, to }: Facts): string[] {
  return [
    `Keep "${from.environment}" (${from.version}) as it is for a while: a rollback returns to it at once.`,
    `Make "${to.version}" the configured version of the live environment with the next deployment.`,
  ];
}

function aboutData({ to, quality, lines }: Facts): string[] {
  const unsure = lastEvidence(lines).filter(({ verdict }) => verdict === 'insufficient' || verdict === 'error');
  return [
    ...unsure.map(
      ({ gate, message }) => `The gate "${gate}" could not say anything in the end: ${bare(gate, message)}.`,
    ),
    ...(to.summary.unpriced > 0
      ? [`Give a price for "${to.model}": ${to.summary.unpriced} answers are not in its cost.`]
      : []),
    ...(quality === undefined || quality.compared === 0
      ? ['Nothing is known of the quality of the answers: mirror some traffic, or score them, before the next rollout.']
      : []),
  ];
}

function aboutMoney({ from, to }: Facts): string[] {
  const [before, after] = [from.summary.costPer1000Requests, to.summary.costPer1000Requests];
  if (before === null || after === null || before === 0) return [];
  const change = after / before - 1;
  if (Math.abs(change) < NOTABLE) return [];
  const size = Math.round(Math.abs(change) * 100);
  return [`Plan for it: a request to "${to.environment}" costs ${size} % ${change > 0 ? 'more' : 'less'}.`];
}

/** Messages begin with the gate's name. */
function bare(gate: string, message: string): string {
  return message.startsWith(`${gate}: `) ? message.slice(gate.length + 2) : message;
}

/** What the gates said when something was last decided by them. */
function lastEvidence(lines: Facts['lines']): readonly GateResult[] {
  return lines.findLast(({ evidence }) => evidence.length > 0)?.evidence ?? [];
}
