import { runRow, type RowResult } from './run-row.js';
import type { Row } from './row.js';

/** Rows that mostly wait: they cost nothing while they do, and all of them wait together. */
const LONG = 2;
/** Quick rows at a time: they wait too, for backoffs; but some measure what takes a few milliseconds. */
const QUICK_AT_ONCE = 8;

/** Quick enough for the test suite. */
export function isQuick({ seconds }: Row): boolean {
  return seconds < LONG;
}

/** Runs them side by side; the results are in the order of the rows. `onDone` hears of each as it ends. */
export async function runRows(
  rows: readonly Row[],
  onDone: (result: RowResult) => void = () => undefined,
): Promise<RowResult[]> {
  const results = new Map<Row, RowResult>();
  const run = async (row: Row): Promise<void> => {
    const result = await runRow(row);
    results.set(row, result);
    onDone(result);
  };
  const quick = rows.filter(isQuick).values();
  const worker = async (): Promise<void> => {
    for (const row of quick) await run(row);
  };
  const long = rows.filter((row) => !isQuick(row)).map(run);
  await Promise.all([...long, ...Array.from({ length: QUICK_AT_ONCE }, worker)]);
  return rows.map((row) => results.get(row)!);
}
