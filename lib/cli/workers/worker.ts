import { BlueGreenError } from '../../domain/errors.js';
import { Channel } from '../../primary/channel.js';
import { wireOf } from '../../primary/wire.js';
import { CliError } from '../cli-error.js';
import type { WorkerFailure, WorkerPart } from './worker-part.js';

// Forked by the primary process: `serve-by-workers.ts`.
const channel = new Channel(wireOf(process));
const group = channel.part<WorkerPart>('group', ['begin', 'ready', 'failed']);

try {
  const { options, settings, worker, isHome } = await group.begin();
  const { listen } = await import('../server.js');
  await group.ready(await listen(options, settings, { channel, worker, isHome }));
} catch (error) {
  await group.failed(failureOf(error)).catch(() => {});
  process.exit(1);
}

function failureOf(error: unknown): WorkerFailure {
  const known = error instanceof BlueGreenError ? error : undefined;
  return {
    exitCode: error instanceof CliError ? error.exitCode : undefined,
    code: known?.code,
    message: error instanceof Error ? error.message : String(error),
    remedy: known?.remedy ?? '',
  };
}
