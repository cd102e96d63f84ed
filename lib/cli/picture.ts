import type { RolloutAnswer, StatusAnswer } from '../http/control/answers/status.js';
import { table } from './output.js';
import { hasEnded, isPast, phaseInWords, stepsDone, waitInWords } from './rollout-words.js';

const BAR = 24;

/** A route in one line. */
export function headline({ route, weights, rollout }: StatusAnswer): string {
  const split = Object.entries(weights).map(([name, weight]) => `${name} ${weight}%`);
  const past = rollout && isPast(rollout, weights) ? 'last rollout: ' : '';
  return `${route}: ${split.join(', ')}${rollout ? `; ${past}${phaseInWords(rollout)}` : ''}`;
}

/** A route's environments, one a row. */
export function figures({ environments, active }: StatusAnswer): string[] {
  return table(
    ['environment', 'version', 'weight', 'requests', 'errors', 'p99', 'cost'],
    Object.entries(environments).map(([name, { version, weight, recent, total }]) => {
      const p99 = recent.latency_p99_ms ?? total.latency_p99_ms;
      return [
        name === active ? `${name} (live)` : name,
        version,
        `${weight}%`,
        String(total.request_count),
        shareInWords(recent.error_rate ?? total.error_rate),
        p99 === null ? '–' : `${Math.round(p99)} ms`,
        total.cost === null ? '–' : `$${total.cost.toFixed(4)}`,
      ];
    }),
  ).map((line) => `  ${line}`);
}

/** The faults that the steps of the rollout can find, one a line; else why that is unknown. */
export function sights({ rollout }: StatusAnswer): string[] {
  const sight = rollout?.sight;
  const messages = sight?.steps.map(({ message }) => message) ?? [];
  return (messages.length > 0 ? messages : (sight?.warnings ?? [])).map((line) => `  ${line}`);
}

/** Warnings about a route. @param sighted the lines of {@link sights}, if they are shown as well. */
export function warnings({ rollout, warnings: all }: StatusAnswer, sighted: readonly string[] = []): string[] {
  const known = sighted.length > 0 ? (rollout?.sight?.warnings ?? []) : [];
  return all.filter((warning) => !known.includes(warning)).map((warning) => `  ! ${warning}`);
}

/** A route with its rollout, as `status` shows it. */
export function picture(status: StatusAnswer): string[] {
  const { rollout } = status;
  return [headline(status), ...figures(status), ...warnings(status), ...(rollout ? rolloutLines(rollout) : [])];
}

/** A route in one line with its error rates, for logs. */
export function logLine(status: StatusAnswer): string {
  const rates = Object.entries(status.environments).flatMap(([name, { recent, total }]) => {
    const rate = recent.error_rate ?? total.error_rate;
    return rate === null ? [] : [`${name} ${shareInWords(rate)} errors`];
  });
  const wait = status.rollout ? waitInWords(status.rollout) : '';
  return [headline(status), ...rates, wait].filter((part) => part !== '').join(' | ');
}

function rolloutLines(rollout: RolloutAnswer): string[] {
  const { phase, since, until } = rollout;
  const wait = waitInWords(rollout);
  const ended = hasEnded(rollout);
  const end = until === undefined ? '' : `, until ${timeOf(until)}`;
  return [
    `  ${bar(rollout)}`,
    ...(wait === '' ? [] : [`  ${ended ? 'because' : 'waits for'}: ${wait}`]),
    ...(ended ? [] : [`  ${phase.name} since ${timeOf(since)}${end}`]),
  ];
}

function shareInWords(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)}%`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The progress of the schedule. */
function bar(rollout: RolloutAnswer): string {
  const { steps, from, to } = rollout;
  const done = Math.min(stepsDone(rollout), steps);
  const filled = steps === 0 ? 0 : Math.round((done / steps) * BAR);
  return `${from} → ${to}  [${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${done} of ${steps} steps done`;
}
