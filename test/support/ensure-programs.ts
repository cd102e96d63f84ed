import { execFileSync, spawnSync } from 'node:child_process';

/** What tests run on beside Node: a real Redis, a real browser, a proxy, and certificates made for the run. */
const PROGRAMS = ['redis-server', 'chromium', 'openssl', 'nginx'];

const isMissing = (program: string): boolean => spawnSync(program, ['--version']).error !== undefined;

/** Root gets what is missing by apt, others are told what to install: nothing is skipped. */
export default function ensurePrograms(): void {
  const missing = PROGRAMS.filter(isMissing);
  if (missing.length === 0) return;
  if (process.getuid?.() === 0) {
    process.stdout.write(`${missing.join(' and ')} missing; installing.\n`);
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...missing);
  }
  const still = missing.filter(isMissing);
  if (still.length > 0) {
    throw new Error(`These tests need ${still.join(' and ')}. Install them: apt-get install ${still.join(' ')}`);
  }
}

function apt(...args: string[]): void {
  execFileSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}
