import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { freePort } from '../../test/support/free-port.js';
import { everything } from './ours.js';
import { answering, type Peer } from './peer.js';

const MAIN = fileURLToPath(new URL('../../lib/cli/main.js', import.meta.url));

/** Flags of Node with which a process collects its garbage at a `SIGUSR2`. */
export const COLLECTS = [
  '--expose-gc',
  '--import',
  `data:text/javascript,process.on('SIGUSR2', () => { gc(); gc(); })`,
] as const;

/** `blue-green serve`, from a file, with everything on. */
export async function startServe(
  upstream: number,
  flags: readonly string[] = [],
  options: readonly string[] = [],
): Promise<Peer | undefined> {
  const port = await freePort();
  const config = join(mkdtempSync(join(tmpdir(), 'blue-green-bench-serve-')), 'blue-green.yaml');
  writeFileSync(config, stringify(everything(upstream)));
  const args = [...flags, MAIN, 'serve', '--config', config, '--host', '127.0.0.1', '--port', String(port), ...options];
  return answering({ port, child: spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }) });
}
