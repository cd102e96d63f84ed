import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NotInstalled } from './client.js';

const run = promisify(execFile);

/** Outside of the repository: the clients weigh hundreds of megabytes. `BENCH_CLIENTS` names another place. */
const CACHE =
  process.env['BENCH_CLIENTS'] ??
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nestjs-blue-green', 'clients');

/** The folder with a package from npm, of exactly this version. Runs none of its scripts. */
export async function fromNpm(name: string, version: string): Promise<string> {
  const folder = join(CACHE, `${name.replaceAll(/\W+/g, '_')}@${version}`);
  const modules = join(folder, 'node_modules');
  if (existsSync(join(modules, name))) return modules;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', `${name}@${version}`];
  await installing(`npm install ${name}@${version}`, () => run('npm', args, { cwd: folder }));
  return modules;
}

/** A Python that has exactly these packages. */
export async function pythonWith(packages: Readonly<Record<string, string>>): Promise<string> {
  const wanted = Object.entries(packages).map(([name, version]) => `${name}==${version}`);
  const folder = join(CACHE, wanted.join('_'));
  const python = join(folder, 'bin', 'python');
  const done = join(folder, 'installed');
  if (existsSync(done)) return python;
  await installing('python3 -m venv', () => run('python3', ['-m', 'venv', folder]));
  await installing(`pip install ${wanted.join(' ')}`, () => run(python, ['-m', 'pip', 'install', '-q', ...wanted]));
  await writeFile(done, '');
  return python;
}

async function installing(what: string, install: () => Promise<unknown>): Promise<void> {
  try {
    await install();
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('\n').find((line) => line.trim() !== '') ?? '') : '';
    throw new NotInstalled(`${what} failed: ${said}`, { cause: error });
  }
}
