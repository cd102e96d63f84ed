import { parentPort, workerData } from 'node:worker_threads';
import { runHttpJob, type HttpJob } from './jobs.js';

async function run(job: HttpJob): Promise<void> {
  const result = await runHttpJob(job, workerData as number);
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
  parentPort?.postMessage(result);
}

parentPort?.on('message', (job: HttpJob) => void run(job));
