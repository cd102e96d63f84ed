import type { RolloutView, RouteView } from './route-view.js';
import { table } from './output.js';

const BAR = 24;

/** A route in one line. */
export function headline({ route, weights, rollout }: RouteView): string {
  const split = Object.entries(weights).map(([name, weight]) => `${name} ${weight} %`);
  const past = rollout && isPast(rollout, weights) ? 'last rollout: ' : '';
  return `${route}: ${split.join(', ')}${rollout ? `; ${past}${phaseOf(rollout)}` : ''}`;
}

/** Whether the traffic has been moved since its end: how it ended says nothing about where it is now. */
function isPast({ from, to, phase }: RolloutView, weights: RouteView['weights']): boolean {
  const left = phase === 'RolledBack' ? to : phase === 'Succeeded' ? from : undefined;
  return left !== undefined && (weights[left] ?? 0) > 0;
}

/** A route's environments, one a row. */
export function figures({ environments, active }: RouteView): string[] {
  return table(
    ['environment', 'version', 'weight', 'requests', 'errors', 'p99', 'cost'],
    environments.map(({ name, version, weight, requests, errorRate, latencyP99, cost }) => [
      name === active ? `${name} (live)` : name,
      version,
      `${weight}%`,
      String(requests),
      errorRate === undefined ? '–' : `${(errorRate * 100).toFixed(1)}%`,
      latencyP99 === undefined ? '–' : `${Math.round(latencyP99)} ms`,
      cost === undefined ? '–' : `$${cost.toFixed(4)}`,
    ]),
  ).map((line) => `  ${line}`);
}

/** A route with its rollout, as `status` shows it. */
export function picture(view: RouteView): string[] {
  const { rollout } = view;
  return [
    headline(view),
    ...figures(view),
    ...(rollout ? [`  ${bar(rollout)}`] : []),
    ...(rollout?.waitsFor ? [`  ${rollout.ended ? 'because' : 'waits for'}: ${rollout.waitsFor}`] : []),
    ...(rollout && !rollout.ended ? times(rollout) : []),
  ];
}

/** Since when, and until when where that is known. */
function times({ phase, since, until }: RolloutView): string[] {
  if (since === undefined) return [];
  const end = until === undefined ? '' : `, until ${timeOf(until)}`;
  return [`  ${phase} since ${timeOf(since)}${end}`];
}

function timeOf(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** How far the schedule has come. */
function bar({ step, steps, phase, from, to }: RolloutView): string {
  const done = phase === 'Succeeded' || phase === 'Baking' ? steps : (step ?? 0);
  const filled = steps === 0 ? 0 : Math.round((Math.min(done, steps) / steps) * BAR);
  return `${from} → ${to}  [${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${done} of ${steps} steps done`;
}

function phaseOf({ phase, step, steps }: RolloutView): string {
  return phase === 'Progressing' && step !== undefined ? `step ${step + 1} of ${steps}` : phase;
}
