// Installs the package as npm has it beside each Nest, and runs an app with it: every Nest, every Node, both adapters, CommonJS and ESM.
//   npm run compatibility -- [nest-11.0 nest-11 nest-12.0 nest-12] [node-20 node-22 node-24 node-26]
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { nodeOf } from './node-of.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const NODES = ['20', '22', '24', '26'];
const ADAPTERS = ['express', 'fastify'];
const MODULES = { CommonJS: 'commonjs', ESM: 'module' };

/** What an app has beside Nest: what is found with that Nest most often. BullMQ brings an ioredis of its own. */
const eleven = { terminus: '^11.0.0', schedule: '^6.0.0', bullmq: '^11.0.5', ioredis: '^5.4.0', typescript: '~5.8.0' };
const twelve = { terminus: '^12.0.0', schedule: '^12.0.0', bullmq: '^12.0.0', ioredis: '^6.0.0', typescript: '^5.9.0' };
const NESTS = {
  // Nest before 11.0.3 and 12.0.1 cannot be installed: its own packages ask for the Nest before.
  'nest-11.0': { nest: '11.0.3', ...eleven, terminus: '11.0.0', schedule: '6.0.0' },
  'nest-11': { nest: '^11.0.0', ...eleven },
  'nest-12.0': { nest: '12.0.1', ...twelve, terminus: '12.0.0', schedule: '12.0.0' },
  'nest-12': { nest: '^12.0.0', ...twelve },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in NESTS) && !NODES.includes(name.replace('node-', '')));
if (unknown.length > 0)
  throw new Error(
    `No ${unknown.join(', ')}. There are: ${[...Object.keys(NESTS), ...NODES.map((n) => `node-${n}`)].join(', ')}.`,
  );
const chosen = (names, prefix) => {
  const some = wanted.filter((name) => name.startsWith(prefix)).map((name) => name.replace('node-', ''));
  return some.length > 0 ? some : names;
};

const work = mkdtempSync(join(tmpdir(), 'blue-green-matrix-'));
const run = (cwd, command, ...args) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
const row = (cells) => `| ${cells.join(' | ')} |\n`;
const say = (line) => process.stderr.write(`${line}\n`);
let failed = 0;
try {
  const pack = ['pack', './package', '--json', '--ignore-scripts', '--pack-destination', work];
  const [{ filename }] = JSON.parse(run(ROOT, 'npm', ...pack));
  const nodes = chosen(NODES, 'node-').map((version) => ({ version, path: nodeOf(version, work) }));
  const columns = nodes.flatMap(({ version }) => ADAPTERS.map((adapter) => `${version} ${adapter}`));
  const rows = [];
  for (const name of chosen(Object.keys(NESTS), 'nest-')) {
    const folder = install(name, NESTS[name], join(work, filename));
    const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/@nestjs/core/package.json'), 'utf8'));
    for (const [format, type] of Object.entries(MODULES)) {
      const app = compile(folder, type);
      rows.push([version, format, ...nodes.flatMap(({ path }) => ADAPTERS.map((adapter) => cell(path, app, adapter)))]);
      say(rows.at(-1).join('  '));
    }
  }
  const head = ['Nest', 'app', ...columns];
  process.stdout.write([head, head.map(() => '---'), ...rows].map(row).join(''));
  process.stdout.write(`${JSON.stringify({ cells: rows.length * columns.length, failed })}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** Plain `npm install`, which refuses peers that do not fit. */
function install(name, { nest, terminus, schedule, bullmq, ioredis, typescript }, tarball) {
  const folder = join(work, name);
  mkdirSync(folder);
  const dependencies = {
    'nestjs-blue-green': `file:${tarball}`,
    ...Object.fromEntries(
      ['common', 'core', 'platform-express', 'platform-fastify'].map((part) => [`@nestjs/${part}`, nest]),
    ),
    '@nestjs/terminus': terminus,
    '@nestjs/schedule': schedule,
    '@nestjs/bullmq': bullmq,
    bullmq: '^5.0.0',
    ioredis,
    'reflect-metadata': '^0.2.0',
    rxjs: '^7.8.0',
    typescript,
    '@types/node': '^20.19.0',
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  say(`${name}: npm install`);
  run(folder, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline');
  return folder;
}

/** As the Nest CLI's own settings compile an app, with every check that a strict user turns on. */
function compile(folder, type) {
  const app = join(folder, type);
  mkdirSync(app);
  copyFileSync(join(ROOT, 'test/compatibility/app.ts'), join(app, 'app.ts'));
  writeFileSync(join(app, 'package.json'), JSON.stringify({ type }));
  const options = {
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
  };
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['app.ts'] }));
  run(app, join(folder, 'node_modules/.bin/tsc'), '-p', '.');
  return join(app, 'app.js');
}

function cell(node, app, adapter) {
  const { status, stderr } = spawnSync(node, ['--disable-warning=ExperimentalWarning', app, adapter], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status === 0) return 'ok';
  failed += 1;
  say(`${node} ${app} ${adapter}\n${stderr}`);
  return 'FAILED';
}
