import type { Tried } from './jobs.js';
import type { Mutant } from './mutants.js';

export interface Result extends Mutant {
  verdict: Tried['verdict'] | 'uncovered';
  by?: string | undefined;
}

interface Sum {
  name: string;
  results: readonly Result[];
}

/** A table with a line for each file and each room, the survivors behind it, and one line of JSON last. */
export function reportOf(results: readonly Result[]): string {
  const survivors = results.filter(({ verdict }) => verdict === 'survived' || verdict === 'uncovered');
  const files = grouped(results, ({ file }) => file.replace(/js$/, 'ts'));
  const rooms = grouped(results, ({ room }) => room);
  return [
    line('', 'mutants', 'killed', 'timeouts', 'survived', 'uncovered', 'score'),
    ...files.map(row),
    '',
    ...rooms.map(row),
    row({ name: 'all', results }),
    '',
    ...survivors.map(({ where, operator, change, verdict }) => `${verdict} ${where} ${operator}: ${change}`),
    JSON.stringify(figures(results)),
  ].join('\n');
}

function grouped(results: readonly Result[], nameOf: (result: Result) => string): Sum[] {
  const names = [...new Set(results.map(nameOf))];
  return names.map((name) => ({ name, results: results.filter((result) => nameOf(result) === name) }));
}

function row({ name, results }: Sum): string {
  const { mutants, killed, timeouts, survived, score } = figures(results);
  const uncovered = count(results, 'uncovered');
  return line(name, mutants, killed, timeouts, survived - uncovered, uncovered, score.toFixed(3));
}

/** A mutant that hangs is noticed too; one that no test reaches has survived. */
function figures(results: readonly Result[]): Record<'mutants' | 'killed' | 'survived' | 'timeouts' | 'score', number> {
  const [killed, timeouts] = [count(results, 'killed'), count(results, 'timeout')];
  const mutants = results.length;
  const score = mutants === 0 ? 0 : Math.round(((killed + timeouts) / mutants) * 1e4) / 1e4;
  return { mutants, killed, survived: mutants - killed - timeouts, timeouts, score };
}

function count(results: readonly Result[], verdict: Result['verdict']): number {
  return results.filter((result) => result.verdict === verdict).length;
}

function line(name: string, ...columns: (string | number)[]): string {
  return name.padEnd(42) + columns.map((column) => String(column).padStart(10)).join('');
}
