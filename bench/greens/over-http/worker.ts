import { parentPort, workerData } from 'node:worker_threads';
import { runHttpJob, type HttpJob } from './jobs.js';

parentPort?.on('message', async (job: HttpJob) => {
  const result = await runHttpJob(job, workerData as number);
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
  parentPort?.postMessage(result);
});
