import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

const MOST_WORKERS = 4;

/**
 * Runs the jobs on as many threads as the machine has to spare, at most four. Results come in any order.
 *
 * @param program what a thread runs: it answers each job that it is sent with one result.
 */
export async function runAll<Result>(
  program: URL,
  jobs: readonly unknown[],
  seed: number,
  progress: (done: number) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = jobs.values();
  const work = async (): Promise<void> => {
    const worker = new Worker(program, { workerData: seed });
    try {
      for (const job of waiting) {
        // eslint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
        worker.postMessage(job);
        const [result] = (await once(worker, 'message')) as [Result];
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

/** On a terminal a line that grows; else a line for every tenth. */
export function progressOver(total: number): (done: number) => void {
  let tenths = 0;
  return (done) => {
    const share = done / total;
    if (process.stderr.isTTY) {
      const bar = '#'.repeat(Math.round(share * 30)).padEnd(30, '-');
      process.stderr.write(`\r[${bar}] ${Math.floor(share * 100)}%${done === total ? '\n' : ''}`);
    } else if (Math.floor(share * 10) > tenths) {
      tenths = Math.floor(share * 10);
      console.error(`${tenths * 10}%`);
    }
  };
}
