import type { JournalEntry } from 'nestjs-blue-green';

/** A question of the benchmark to a replica. */
export type Order =
  | { readonly do: 'start' | 'rollback' }
  | { readonly do: 'weights'; readonly green: number }
  | { readonly do: 'report' | 'journal' };

/** A message of a replica. Times are milliseconds on the machine's clock, the same in every process. */
export type News =
  | { readonly is: 'ready'; readonly health: string }
  | { readonly is: 'entry'; readonly entry: JournalEntry; readonly at: number }
  | { readonly is: 'ordered'; readonly at: number }
  | { readonly is: 'refused'; readonly message: string }
  | {
      readonly is: 'report';
      /** When the newest request that was assigned to green came in. */
      readonly lastGreenAt: number;
      readonly calls: number;
      readonly errors: number;
    }
  | { readonly is: 'journal'; readonly entries: readonly JournalEntry[] };

export function machineTime(): number {
  return performance.timeOrigin + performance.now();
}
