import { execFileSync, spawnSync } from 'node:child_process';

const isThere = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

/** Tests of the fleet run on a real Redis: root gets it by apt when it is missing, others are told what to install. */
export default function ensureRedis(): void {
  if (isThere()) return;
  if (process.getuid?.() === 0) {
    process.stdout.write('redis-server is missing; installing it.\n');
    apt('update');
    apt('install', '-y', '--no-install-recommends', 'redis-server');
  }
  if (!isThere()) throw new Error('These tests need redis-server. Install it: apt-get install redis-server');
}

function apt(...args: string[]): void {
  execFileSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}
