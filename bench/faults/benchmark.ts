import { parseArgs } from 'node:util';
import { complaints, summaryOf, table } from './report.js';
import { titleOf, type Row } from './row.js';
import { ROWS } from './rows/all.js';
import { startRows } from './run-rows.js';

const PROGRESS_EVERY = 5_000;

/**
 * `--only PATTERN` runs the rows whose title matches, e.g. `--only '429.*json'`; `--json` prints nothing but the last
 * line. Returns 1 when a promise was broken.
 */
export async function faults(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const pattern = new RegExp(values.only ?? '', 'i');
  const rows = ROWS.filter((row) => pattern.test(titleOf(row)));
  if (rows.length === 0) {
    console.error(`No row matches ${pattern.source}. There are:\n${ROWS.map(titleOf).join('\n')}`);
    return 2;
  }
  const progress = values.json ? undefined : new Progress(rows);
  const results = await Promise.all(
    startRows(rows).map(async (running) => {
      const result = await running;
      progress?.done(result.row);
      return result;
    }),
  );
  progress?.stop();
  const summary = summaryOf(results);
  if (!values.json) {
    console.log(table(results));
    for (const complaint of complaints(results)) console.log(`\nVIOLATION ${complaint}`);
    console.log();
  }
  console.log(JSON.stringify(summary));
  return summary.violations === 0 ? 0 : 1;
}

/** Says on stderr how far the run is, so that nobody wonders whether it hangs. */
class Progress {
  readonly #startedAt = performance.now();
  readonly #waiting: Set<Row>;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly rows: readonly Row[]) {
    this.#waiting = new Set(rows);
    const longest = Math.max(...rows.map(({ seconds }) => seconds));
    console.error(`${rows.length} rows; the longest takes about ${Math.ceil(longest)} s.`);
    this.#timer = setInterval(() => this.#say(), PROGRESS_EVERY);
  }

  done(row: Row): void {
    this.#waiting.delete(row);
  }

  stop(): void {
    clearInterval(this.#timer);
    console.error('');
  }

  #say(): void {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
    const [next] = this.#waiting;
    const still = next ? `, still in "${titleOf(next)}"` : '';
    console.error(`${seconds} s: ${this.rows.length - this.#waiting.size} of ${this.rows.length} rows done${still}`);
  }
}
