import { CliError, EXIT, type ExitCode } from './cli-error.js';
import { BlueGreenError } from '../domain/errors.js';
import { plain } from '../kit/plain.js';
import { isObject } from '../kit/json.js';

/** The output of a verb. */
export interface Output {
  /** One JSON document on stdout, and nothing else. */
  readonly json: boolean;
  /** For people; silent with `--json`. */
  line(text?: string): void;
  /** For programs; silent without `--json`. */
  document(value: unknown): void;
}

export function outputTo(stream: NodeJS.WritableStream, json: boolean): Output {
  return {
    json,
    line: (text = '') => {
      if (!json) stream.write(`${text}\n`);
    },
    document: (value) => {
      if (json) stream.write(`${JSON.stringify(value)}\n`);
    },
  };
}

/** A table with headings. Numbers are aligned to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const isNumber = headings.map((_, column) => rows.every((row) => /^[\d$.,%–-]*( ms)?$/.test(row[column] ?? '')));
  return all.map((row) =>
    row
      .map((text, column) => (isNumber[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** Objects as a table with a column for every field. */
export function columns(rows: readonly unknown[], { without = '' } = {}): string[] {
  const objects = rows.filter(isObject);
  const headings = [...new Set(objects.flatMap((row) => Object.keys(row)))].filter((name) => name !== without);
  if (headings.length === 0) return ['(none)'];
  return table(
    headings,
    objects.map((row) => headings.map((heading) => shown(row[heading], heading))),
  );
}

function shown(value: unknown, heading: string): string {
  if (value === null || value === undefined) return '–';
  if (heading === 'at' && typeof value === 'number') return momentOf(value);
  if (typeof value === 'number') return String(Math.round(value * 1e6) / 1e6);
  return plain(typeof value === 'string' ? value : JSON.stringify(value));
}

/** A wall time in milliseconds, for people. */
export function momentOf(at: unknown): string {
  return typeof at === 'number' && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : '–';
}

/** Prints the problem and the remedy, a line each; with `--json` also one document. */
export function report(error: unknown, json: boolean): ExitCode {
  const known = error instanceof BlueGreenError ? error : undefined;
  const message = known?.message ?? (error instanceof Error ? error.message : String(error));
  const remedy = known?.remedy ?? 'This is a bug in the CLI. Please report it.';
  if (json)
    process.stdout.write(`${JSON.stringify({ error: { code: known?.code ?? 'internal', message, remedy } })}\n`);
  process.stderr.write(`error: ${message}\n${remedy === '' ? '' : `       ${remedy}\n`}`);
  return error instanceof CliError ? error.exitCode : EXIT.refused;
}
