import type { SimulationReport, StepReport } from './simulation.js';

/** A step that finds the worst canary with less than this chance is too short. */
const EVEN = 0.5;

/**
 * Bad canaries that a schedule would miss, in plain words. `caught`: the chance to find the worst canary that was
 * tried.
 */
export function warningsAbout(steps: readonly StepReport[], caught: SimulationReport['caught'][number]): string[] {
  if (steps.length === 0)
    return ['No step compares the two environments: each gives all of the traffic to one of them.'];
  const warnings = steps.flatMap((step, n) => {
    const worst = step.sights.at(-1)!;
    if (worst.chance >= EVEN) return [];
    const needs =
      worst.minutes === null ? 'it would take too long to wait for' : `it takes ${showMinutes(worst.minutes)}`;
    return [`Step ${n + 1} (${step.weight}%) is too short to find even a ${worst.times}× worse green: ${needs}.`];
  });
  if (caught.chance < EVEN)
    warnings.push(`The whole schedule finds a ${caught.times}× worse green less than half of the time.`);
  return warnings;
}

/** A time in minutes, as people say it. */
export function showMinutes(minutes: number): string {
  if (minutes < 1) return `${Math.ceil(minutes * 60)} s`;
  if (minutes < 120) return `${Math.ceil(minutes)} min`;
  return `${(minutes / 60).toFixed(1)} h`;
}
