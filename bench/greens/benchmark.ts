import { parseArgs } from 'node:util';
import { progressOver, runAll } from '../decisions/crew.js';
import { jobsFor, type JobResult, type Sizes } from './jobs.js';
import { complaintsOf, rowsOf, summaryOf } from './report.js';
import { badTable, goodTable, totalsTable } from './tables.js';

const SIZES: Sizes = { good: 400, bad: 60, others: 60 };

/**
 * Canaries that must not be promoted and worlds in which none may be reverted, before the product's default plan and
 * other deciders. `--seed N` plays other rollouts. Returns 1 when a promise was broken.
 */
export async function greens(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { seed: { type: 'string', default: '1' } } });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) {
    console.error('--seed takes a whole number.');
    return 2;
  }
  const jobs = jobsFor(SIZES);
  const begun = performance.now();
  const worker = new URL('worker.js', import.meta.url);
  const results = await runAll<JobResult>(worker, jobs, seed, progressOver(jobs.length));
  const seconds = (performance.now() - begun) / 1_000;

  const rows = rowsOf(results);
  console.log(`${goodTable(rows)}\n`);
  console.log(`${badTable(rows)}\n`);
  console.log(totalsTable(rows));
  const { good, bad, others } = SIZES;
  const cpu = process.cpuUsage();
  console.log(
    `\n${good} rollouts in each good world, ${bad} of each bad canary, ${others} of each by the other deciders.`,
  );
  console.log(
    `Took ${seconds.toFixed(0)} s, ${((cpu.user + cpu.system) / 1e6).toFixed(0)} s of processors, seed ${seed}.`,
  );
  const complaints = complaintsOf(rows);
  for (const complaint of complaints) console.log(`BROKEN ${complaint}`);
  console.log(`\n${JSON.stringify(summaryOf(rows))}`);
  return complaints.length === 0 ? 0 : 1;
}
