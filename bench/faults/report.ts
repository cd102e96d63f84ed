import type { RowResult } from './run-row.js';
import { titleOf } from './row.js';

/** The last line of the output. */
export interface Summary {
  /** Rows: faults, each in each of its forms. */
  readonly faults: number;
  /** Rows whose caller got the whole answer. */
  readonly rescued: number;
  /** Rows that ended without an answer as they should: a typed error, or a closed socket when the caller had left. */
  readonly cleanError: number;
  /** Broken promises; a row with one counts as neither. */
  readonly violations: number;
}

export function summaryOf(results: readonly RowResult[]): Summary {
  const kept = results.filter(({ violations }) => violations.length === 0);
  const rescued = kept.filter(({ outcome }) => outcome === 'rescued').length;
  return {
    faults: results.length,
    rescued,
    cleanError: kept.length - rescued,
    violations: results.reduce((sum, { violations }) => sum + violations.length, 0),
  };
}

const HEADINGS = ['fault', 'form', 'the caller got', 'after', 'the provider saw', 'verdict'];

/** The results as a table for people, one row a line. */
export function table(results: readonly RowResult[]): string {
  const lines = results.map(({ row, caller, took, provider, outcome, violations }) => [
    row.fault,
    row.form,
    caller,
    took === 0 ? '' : milliseconds(took),
    provider,
    violations.length === 0 ? outcome : 'VIOLATION',
  ]);
  const widths = HEADINGS.map((heading, n) => Math.max(heading.length, ...lines.map((line) => line[n]!.length)));
  const format = (line: readonly string[]): string =>
    line
      .map((cell, n) => cell.padEnd(widths[n]!))
      .join('  ')
      .trimEnd();
  return [HEADINGS, widths.map((width) => '─'.repeat(width)), ...lines].map(format).join('\n');
}

/** Every broken promise with its reason. */
export function complaints(results: readonly RowResult[]): string[] {
  return results.flatMap(({ row, violations }) => violations.map((reason) => `${titleOf(row)}: ${reason}`));
}

function milliseconds(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
