import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DEADLINE = 120_000;

/** The end of a program. */
export interface Ran {
  /** Of its exit; `null` when it was killed. */
  readonly code: number | null;
  /** Its output, or its errors when it printed nothing else. */
  readonly out: string;
}

/**
 * Runs a program in an empty home of its own, with nothing of our environment but the path.
 *
 * @param environment the variables of the program, for its home. May put files there.
 */
export async function program(
  command: string,
  args: readonly string[],
  environment: (home: string) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>,
): Promise<Ran> {
  const home = await mkdtemp(join(tmpdir(), 'bench-client-'));
  try {
    const own = await environment(home);
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, ...own };
    return await new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const late = setTimeout(() => child.kill('SIGKILL'), DEADLINE);
      let [out, errors] = ['', ''];
      child.stdout.on('data', (data) => (out += String(data)));
      child.stderr.on('data', (data) => (errors += String(data)));
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(late);
        resolve({ code, out: out.trim() === '' ? errors : out });
      });
    });
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
