import { DECIDERS, DETECT, OURS } from './jobs.js';
import { percent, totalsOf, type Cell, type Row } from './report.js';

/** One line per decider. */
export function totalsTable(rows: readonly Row[]): string {
  const heading = ['decider', 'bad promoted', 'of rollouts', 'harmed', 'good reverted', 'worst world'];
  const lines = totalsOf(rows).map(({ decider, promotedGreens, promoted, harmed, falseRollback, worst }) => [
    decider,
    String(promotedGreens),
    percent(promoted),
    String(harmed),
    Number.isNaN(falseRollback) ? '' : percent(falseRollback),
    Number.isFinite(worst) ? percent(worst) : '',
  ]);
  return aligned([heading, ...lines]);
}

const GOOD = DECIDERS.filter((name) => name !== DETECT);

/** One line per good world: rollouts reverted. */
export function goodTable(rows: readonly Row[]): string {
  const lines = rows
    .filter(({ kind }) => kind === 'good')
    .map(({ name, cells }) => [
      name,
      ...GOOD.map((decider) => shareOf(cells.get(decider), 'reverted')),
      heldBy(cells.get(OURS)),
    ]);
  return aligned([['good canary, reverted', ...GOOD.map(short), 'ours holds'], ...lines]);
}

/** One line per bad canary: rollouts promoted, and callers harmed until reverted. */
export function badTable(rows: readonly Row[]): string {
  const lines = rows
    .filter(({ kind }) => kind === 'bad')
    .map(({ name, isGross, isHeld, cells }) => [
      `${isGross ? '* ' : ''}${name}${isHeld ? ' (held)' : ''}`,
      ...DECIDERS.map((decider) => shareOf(cells.get(decider), 'promoted')),
      ...[DETECT, ...DECIDERS.slice(2)].map((decider) => String(cells.get(decider)?.harmed ?? '')),
      String(cells.get(DETECT)?.exposed ?? ''),
    ]);
  const harmed = [DETECT, ...DECIDERS.slice(2)].map((decider) => `harmed: ${short(decider)}`);
  return aligned([
    ['bad canary (*: a third or more), promoted', ...DECIDERS.map(short), ...harmed, 'exposure'],
    ...lines,
  ]);
}

function shareOf(cell: Cell | undefined, what: 'promoted' | 'reverted'): string {
  return cell ? percent(cell[what] / cell.rollouts) : '';
}

function heldBy(cell: Cell | undefined): string {
  return cell ? percent(1 - (cell.promoted + cell.reverted) / cell.rollouts) : '';
}

const SHORT: Readonly<Record<string, string>> = {
  [OURS]: 'ours',
  [DETECT]: 'detect: 3',
  'limits as Flagger has them': 'Flagger',
  'limits as Argo has them': 'Argo',
  'raw difference every 5 min': 'difference',
  'sequential test': 'sequential',
};

function short(decider: string): string {
  return SHORT[decider] ?? decider;
}

export function aligned(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) => line.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]!) : cell.padStart(widths[n]!))).join('  '))
    .join('\n');
}
