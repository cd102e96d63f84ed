import { parseArgs } from 'node:util';
import { progressOver, runAll } from './crew.js';
import { jobsFor, type JobResult, type Sizes } from './jobs.js';
import { complaintsOf, rowsOf, summaryOf, table } from './report.js';
import { lateComplaints, lateRows, lateTable } from './late-report.js';
import { timeTick } from './tick.js';

const SIZES: Sizes = { rollouts: 10_000, trials: 20_001, otherTrials: 401, lateTrials: 101 };
const LONGEST_TICK_MS = 1;

/**
 * How often healthy rollouts are reverted, and how soon worse ones: the gates of the product, and other rules beside
 * them. `--seed N` plays other rollouts. Returns 1 when a promise was broken.
 */
export async function decisions(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { seed: { type: 'string', default: '1' } } });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) {
    console.error('--seed takes a whole number.');
    return 2;
  }
  const tick = timeTick();
  const jobs = jobsFor(SIZES);
  console.error(
    `${SIZES.rollouts} healthy rollouts, 24,000 requests each, and ${SIZES.trials} worse ones for each ratio.`,
  );
  const begun = performance.now();
  const worker = new URL('worker.js', import.meta.url);
  const results = await runAll<JobResult>(worker, jobs, seed, progressOver(jobs.length));
  const seconds = (performance.now() - begun) / 1000;

  const rows = rowsOf(results, SIZES.rollouts);
  console.log('Healthy rollouts reverted; and, at 5% of the traffic, median requests of a worse canary until it is:\n');
  console.log(table(rows));
  const late = lateRows(results);
  console.log(`\n${lateTable(late)}`);
  console.log(`\nA look at 10 gates × 20 segments: ${tick.median.toFixed(3)} ms, p99 ${tick.p99.toFixed(3)} ms.`);
  console.log(`Took ${seconds.toFixed(0)} s, seed ${seed}.`);
  const complaints = [...complaintsOf(rows), ...lateComplaints(late)];
  if (tick.median > LONGEST_TICK_MS) complaints.push(`a look takes ${tick.median.toFixed(2)} ms`);
  for (const complaint of complaints) console.log(`BROKEN ${complaint}`);
  console.log(`\n${JSON.stringify(summaryOf(rows))}`);
  return complaints.length === 0 ? 0 : 1;
}
