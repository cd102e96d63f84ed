import { runRow, type RowResult } from './run-row.js';
import type { Row } from './row.js';

/** Rows from this many seconds on mostly wait: they cost nothing while they do, and all of them wait together. */
const LONG = 2;
/** Quick rows at a time: they wait too, for backoffs; but some measure what takes a few milliseconds. */
const QUICK_AT_ONCE = 8;

/** Quick enough for the test suite. */
export function isQuick({ seconds }: Row): boolean {
  return seconds < LONG;
}

/** Runs them side by side. One promise for each row, in their order; none of them rejects. */
export function startRows(rows: readonly Row[]): Promise<RowResult>[] {
  const quickly = new Lanes(QUICK_AT_ONCE);
  return rows.map((row) => (isQuick(row) ? quickly.run(() => runRow(row)) : runRow(row)));
}

/** Runs so many tasks at a time, those behind them in their order. */
class Lanes {
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
