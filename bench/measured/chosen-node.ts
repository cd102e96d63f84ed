import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fromNpm } from '../clients/installed.js';

/**
 * Runs the same benchmark again on another version of Node, which npm carries as a package of its own; everything that
 * it starts runs on that one, too.
 *
 * @param version `24`, or as npm understands it.
 * @param args of the command line, without the version.
 * @returns the exit code.
 */
export async function onNode(version: string, args: readonly string[]): Promise<number> {
  const name = `node-${process.platform}-${process.arch}`;
  const binary = join(await fromNpm(name, version), name, 'bin', 'node');
  const child = spawn(binary, [...process.execArgv, process.argv[1]!, ...args], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
