import { runningRollout, type Rollout, type RouteState } from '../domain/state.js';
import { weightOf } from '../domain/weights.js';

/** The state of a route in one line, for the log at a start. */
export function startLine(route: RouteState): string {
  const { alias, environments, weights, active, fallback } = route;
  const shares = Object.entries(environments).map(([name, { version }]) => {
    const marks = [...(name === active ? ['live'] : []), ...(fallback.includes(name) ? ['fallback'] : [])];
    return `${[name, ...marks].join(', ')}: ${weightOf(weights, name)}% ${version.tag}`;
  });
  const rollout = runningRollout(route);
  return `Route "${alias}": ${shares.join('; ')}. ${rollout ? rolloutLine(rollout, route) : 'No rollout runs.'}`;
}

function rolloutLine({ from, to, phase, plan, startedAt }: Rollout, { weights }: RouteState): string {
  const stage = phase.name === 'Paused' ? phase.resumeTo : phase;
  const step = stage.name === 'Progressing' ? `, step ${stage.step + 1} of ${plan.steps.length}` : '';
  const name = phase.name === 'Paused' ? `Paused (${phase.reason})` : phase.name;
  return (
    `A rollout from "${from}" to "${to}" runs since ${new Date(startedAt).toISOString()}: ` +
    `${name}${step}, at ${weightOf(weights, to)}%.`
  );
}

/** The first `most` lines, and how many more there are. */
export function bounded(lines: readonly string[], most: number, what: string): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `… and ${lines.length - most} more ${what}.`];
}
