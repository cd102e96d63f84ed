import type { JobResult, Times } from './jobs.js';

/** Median requests of a canary that turned bad, from then on, until the default plan reverted it. */
interface LateRow {
  readonly times: Times;
  /** Good requests of both before. */
  readonly good: number;
  readonly median: number;
}

export function lateRows(results: readonly JobResult[]): LateRow[] {
  const late = results.filter((result) => result.kind === 'late');
  const kinds = new Map(late.map(({ times, good }) => [`${times} ${good}`, { times, good }]));
  return [...kinds.values()]
    .toSorted((a, b) => a.times - b.times || a.good - b.good)
    .map(({ times, good }) => {
      const requests = late
        .filter((result) => result.times === times && result.good === good)
        .flatMap((result) => result.requests)
        .toSorted((a, b) => a - b);
      return { times, good, median: requests[Math.floor(requests.length / 2)]! };
    });
}

export function lateTable(rows: readonly LateRow[]): string {
  const lines = rows.map(({ times, good, median }) => `${times}× after ${good} good requests: ${median}`);
  return ['The default plan, 1,500 users who come back, median requests of a canary that turns bad:', ...lines].join(
    '\n',
  );
}

/** A canary that was good for long may take this many times as long to be found. */
const LONGER = 3;

export function lateComplaints(rows: readonly LateRow[]): string[] {
  return rows.flatMap(({ times, good, median }) => {
    const fresh = rows.find((row) => row.times === times && row.good === 0)!.median;
    return median > LONGER * fresh
      ? [`${times}× worse after ${good} good requests takes ${median}, fresh ${fresh}`]
      : [];
  });
}
