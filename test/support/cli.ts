import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

const MAIN = new URL('../../lib/cli/main.js', import.meta.url).pathname;

/** How a run of the CLI ended. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type CliProcess = ChildProcessByStdio<null, Readable, Readable>;

/** The built CLI as a process of its own, with nothing in its environment but this. */
export function startCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): CliProcess {
  const path = { PATH: process.env['PATH'] ?? '' };
  return spawn(process.execPath, [MAIN, ...args], { env: { ...path, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

export async function ended(cli: CliProcess): Promise<CliRun> {
  const out = { stdout: '', stderr: '' };
  cli.stdout.setEncoding('utf8').on('data', (text: string) => (out.stdout += text));
  cli.stderr.setEncoding('utf8').on('data', (text: string) => (out.stderr += text));
  const [code] = (await once(cli, 'close')) as [number | null];
  return { code, ...out };
}

export function runCli(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliRun> {
  return ended(startCli(args, env));
}
