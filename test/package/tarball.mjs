// Packs the package and follows docs/getting-started.md with the tarball, in an empty directory, as a new user would.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Reader, stepsOf } from './guide.mjs';

const root = resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'nestjs-blue-green-'));
const read = (path) => readFileSync(join(root, path), 'utf8');

for (const step of ['build', 'build:package']) {
  execFileSync('npm', ['run', '-s', step], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
}
const pack = ['pack', './package', '--json', '--pack-destination', directory];
const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] }));

const pinned = (name) => `${name}@${JSON.parse(read(`node_modules/${name}/package.json`)).version}`;

/** What the page installs is the tarball, and else what is installed here: no other version, and out of npm's cache. */
function installed(line) {
  const words = line.split(' ').slice(2);
  const args = words.map((word) =>
    word === 'nestjs-blue-green' ? `./${filename}` : word.startsWith('--') ? word : pinned(word),
  );
  return `npm install --no-audit --no-fund --prefer-offline ${args.join(' ')}`;
}

/** The page's ports may be taken here. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return String(port);
}

/** A reader waits until a server says that it is there. */
async function answers(url) {
  for (let tries = 0; tries < 300; tries++) {
    const response = await fetch(url).catch(() => undefined);
    if (response) return response.json();
    await pause(100);
  }
  throw new Error(`Nobody answers at ${url}.`);
}

const [app, provider] = [await freePort(), await freePort()];
const page = read('docs/getting-started.md').replaceAll('3000', app).replaceAll('4010', provider);
const readiness = {
  'main.js': `http://localhost:${app}/health/live`,
  'provider.js': `http://127.0.0.1:${provider}/v1/models`,
};

const reader = new Reader(directory);
try {
  for (const step of stepsOf(page)) {
    const text = step.text.replaceAll(/^npm install .*/gm, installed);
    await reader.follow({ ...step, text });
    const url = step.kind === 'terminal' && readiness[/[\w-]+\.js/.exec(text)?.[0]];
    if (url) await answers(url);
  }
  const { status } = await answers(readiness['main.js']);
  if (status !== 'ok') throw new Error(`/health/live says ${status}`);
  if (reader.background.includes('a customer got')) throw new Error(`A customer got an error:\n${reader.background}`);
  console.log(
    `The tarball ${filename} installs into an empty directory, and docs/getting-started.md works as it says.`,
  );
} finally {
  reader.stop();
  rmSync(directory, { recursive: true, force: true });
}
