import { parseArgs } from 'node:util';
import { progressOver, runAll } from '../decisions/crew.js';
import { jobsFor, type JobResult, type Sizes } from './jobs.js';
import { httpJobs, ROLLOUTS, type HttpResult } from './over-http/jobs.js';
import { httpComplaintsOf, httpRowsOf, httpSummaryOf, httpTable, together, type HttpRow } from './over-http/report.js';
import { complaintsOf, rowsOf, summaryOf, type Row } from './report.js';
import { badTable, goodTable, totalsTable } from './tables.js';

const SIZES: Sizes = { good: 400, bad: 60, others: 60 };

/**
 * Canaries that must not be promoted and worlds in which none may be reverted: simulated ones before the product's
 * default plan and other deciders, and some over HTTP through a real app. `--seed N` plays other rollouts, `--http`
 * only those over HTTP. Returns 1 when a promise was broken.
 */
export async function greens(args: readonly string[]): Promise<number> {
  const options = { seed: { type: 'string', default: '1' }, http: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) {
    console.error('--seed takes a whole number.');
    return 2;
  }
  const rows = values.http ? undefined : await simulated(seed);
  const overHttp = await real(seed);
  const complaints = [...(rows ? complaintsOf(rows) : []), ...httpComplaintsOf(overHttp)];
  for (const complaint of complaints) console.log(`BROKEN ${complaint}`);
  console.log(`\n${JSON.stringify(together(rows && summaryOf(rows), httpSummaryOf(overHttp)))}`);
  return complaints.length === 0 ? 0 : 1;
}

async function simulated(seed: number): Promise<Row[]> {
  const jobs = jobsFor(SIZES);
  const rows = rowsOf(await timed<JobResult>('worker.js', jobs, seed));
  console.log(`\n${goodTable(rows)}\n`);
  console.log(`${badTable(rows)}\n`);
  console.log(totalsTable(rows));
  const { good, bad, others } = SIZES;
  console.log(
    `\n${good} rollouts in each good world, ${bad} of each bad canary, ${others} of each by the other deciders.\n`,
  );
  return rows;
}

async function real(seed: number): Promise<HttpRow[]> {
  const rows = httpRowsOf(await timed<HttpResult>('over-http/worker.js', httpJobs(), seed));
  console.log(`\n${httpTable(rows)}`);
  const { good, bad } = ROLLOUTS;
  console.log(`\n${good} rollouts in each good world, ${bad} of each bad canary, by the default plan.\n`);
  return rows;
}

async function timed<Result>(program: string, jobs: readonly unknown[], seed: number): Promise<Result[]> {
  const begun = { at: performance.now(), cpu: process.cpuUsage() };
  const results = await runAll<Result>(new URL(program, import.meta.url), jobs, seed, progressOver(jobs.length));
  const seconds = (performance.now() - begun.at) / 1_000;
  const { user, system } = process.cpuUsage(begun.cpu);
  console.log(`Took ${seconds.toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of processors, seed ${seed}.`);
  return results;
}
