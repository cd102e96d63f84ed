import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DEADLINE = 120_000;

/**
 * Runs a program in an empty home of its own, with nothing of our environment but the path.
 *
 * @returns what it printed.
 */
export async function program(
  command: string,
  args: readonly string[],
  environment: (home: string) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>,
): Promise<string> {
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
      child.once('close', () => {
        clearTimeout(late);
        resolve(out.trim() === '' ? errors : out);
      });
    });
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
