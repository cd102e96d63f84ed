import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Job, JobResult } from './jobs.js';

const MOST_WORKERS = 4;

/** Runs the jobs on as many threads as the machine has to spare, at most four. Results come in any order. */
export async function runAll(
  jobs: readonly Job[],
  seed: number,
  progress: (done: number) => void,
): Promise<JobResult[]> {
  const results: JobResult[] = [];
  const waiting = jobs.values();
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.js', import.meta.url), { workerData: seed });
    try {
      for (const job of waiting) {
        // eslint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
        worker.postMessage(job);
        const [result] = (await once(worker, 'message')) as [JobResult];
        results.push(result);
        progress(results.length);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(MOST_WORKERS, availableParallelism()) }, work));
  return results;
}
