import type { Sight, SimulationReport } from '../analysis/simulation/simulation.js';
import { showMinutes } from '../analysis/simulation/warnings.js';
import { table } from './output.js';
import { timeInWords } from './schedule-words.js';

const NOTE =
  'Medians for a green that turns worse in that step. In parentheses: the chance to detect it within the step.';

/** The result of a simulation, line by line. */
export function reportLines({ falseRollback, standardError, caught, steps, warnings }: SimulationReport): string[] {
  const rows = steps.map(({ weight, duration, requests, sights }, n) => [
    `${n + 1}`,
    `${weight}%`,
    timeInWords(duration),
    `${requests}`,
    ...sights.map(sightInWords),
  ]);
  const headings = (steps[0]?.sights ?? []).map(({ times }) => `${times}× worse is detected after`);
  return [
    `A green as good as blue is reverted by mistake: ${percentage(falseRollback)} (± ${percentage(2 * standardError)})`,
    ...caught.map(
      ({ times, chance }) => `A green ${times}× worse is reverted before it has everything: ${percentage(chance)}`,
    ),
    ...(rows.length > 0 ? ['', ...table(['step', 'weight', 'lasts', 'requests', ...headings], rows), NOTE] : []),
    ...(warnings.length > 0 ? ['', ...warnings.map((warning) => `warning: ${warning}`)] : []),
  ];
}

function sightInWords({ requests, minutes, chance }: Sight): string {
  if (requests === null || minutes === null) return 'too long to wait for';
  return `${requests} requests, ${showMinutes(minutes)} (${percentage(chance)})`;
}

/** With one more digit for small values. `100%` means exactly that. */
export function percentage(share: number): string {
  if (share < 1 && share >= 0.995) return '> 99%';
  return `${Number((share * 100).toFixed(share < 0.1 ? 1 : 0))}%`;
}
