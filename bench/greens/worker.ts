import { parentPort, workerData } from 'node:worker_threads';
import { runJob, type Job } from './jobs.js';

parentPort?.on('message', (job: Job) => {
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
  parentPort?.postMessage(runJob(job, workerData as number));
});
