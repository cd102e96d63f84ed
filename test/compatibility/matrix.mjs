// Installs the package as npm has it beside each Nest, and runs an app with it: every Nest, every Node, both adapters, CommonJS and ESM.
// Then the same for an app of the AI SDK beside AI SDK 6 and 7.
//   npm run compatibility -- [nest-11.0 nest-11 nest-12.0 nest-12 ai-6 ai-7] [node-20 node-22 node-24 node-26]
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

/** AI SDK 7 needs Node 22. */
const SDKS = {
  'ai-6': {
    nodes: NODES,
    packages: { ai: '^6.0.0', openai: '^3.0.0', anthropic: '^3.0.0', 'openai-compatible': '^2.0.0' },
  },
  'ai-7': {
    nodes: NODES.filter((version) => Number(version) >= 22),
    packages: { ai: '^7.0.0', openai: '^4.0.0', anthropic: '^4.0.0', 'openai-compatible': '^3.0.0' },
  },
};

const wanted = process.argv.slice(2);
const known = [...Object.keys(NESTS), ...Object.keys(SDKS), ...NODES.map((version) => `node-${version}`)];
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`No ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
/** The ones of a kind that were asked for; all of them when nothing of `kinds` was. */
const chosen = (names, kinds) => {
  const asked = wanted.filter((name) => kinds.some((kind) => name.startsWith(kind)));
  return asked.length === 0 ? names : names.filter((name) => asked.includes(name));
};
const PARTS = ['nest-', 'ai-'];

const work = mkdtempSync(join(tmpdir(), 'blue-green-matrix-'));
const run = (cwd, command, ...args) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
const row = (cells) => `| ${cells.join(' | ')} |\n`;
const say = (line) => process.stderr.write(`${line}\n`);
let failed = 0;
try {
  const pack = ['pack', './package', '--json', '--ignore-scripts', '--pack-destination', work];
  const [{ filename }] = JSON.parse(run(ROOT, 'npm', ...pack));
  const names = NODES.map((version) => `node-${version}`);
  const nodes = chosen(names, ['node-']).map((name) => {
    const version = name.replace('node-', '');
    return { version, path: nodeOf(version, work) };
  });
  const columns = nodes.flatMap(({ version }) => ADAPTERS.map((adapter) => `${version} ${adapter}`));
  const rows = [];
  for (const name of chosen(Object.keys(NESTS), PARTS)) {
    const folder = install(name, NESTS[name], join(work, filename));
    const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/@nestjs/core/package.json'), 'utf8'));
    for (const [format, type] of Object.entries(MODULES)) {
      const app = compile(folder, type, 'app');
      rows.push([version, format, ...nodes.flatMap(({ path }) => ADAPTERS.map((adapter) => cell(path, app, adapter)))]);
      say(rows.at(-1).join('  '));
    }
  }
  const head = ['Nest', 'app', ...columns];
  if (rows.length > 0) process.stdout.write([head, head.map(() => '---'), ...rows].map(row).join(''));
  const sdks = chosen(Object.keys(SDKS), PARTS).map((name) => withSdk(name, nodes, join(work, filename)));
  const sdkHead = ['AI SDK', ...nodes.map(({ version }) => version)];
  if (sdks.length > 0) process.stdout.write(`\n${[sdkHead, sdkHead.map(() => '---'), ...sdks].map(row).join('')}`);
  const cells = rows.length * columns.length + sdks.flat().filter((text) => text === 'ok' || text === 'FAILED').length;
  process.stdout.write(`${JSON.stringify({ cells, failed })}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** A row: an app of the AI SDK beside one version of it, on every Node that this supports. */
function withSdk(name, nodes, tarball) {
  const { nodes: supported, packages } = SDKS[name];
  const { ai, ...providers } = packages;
  const own = Object.fromEntries(Object.entries(providers).map(([part, range]) => [`@ai-sdk/${part}`, range]));
  const folder = install(name, NESTS['nest-12'], tarball, { ai, zod: '^4.0.0', ...own });
  const app = compile(folder, 'module', 'models');
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/ai/package.json'), 'utf8'));
  const cells = nodes.map(({ version: node, path }) => (supported.includes(node) ? cell(path, app) : '-'));
  say([version, ...cells].join('  '));
  return [version, ...cells];
}

/** Plain `npm install`, which refuses peers that do not fit. */
function install(name, { nest, terminus, schedule, bullmq, ioredis, typescript }, tarball, more = {}) {
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
    ...more,
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  say(`${name}: npm install`);
  run(folder, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline');
  return folder;
}

/** As the Nest CLI's own settings compile an app, with every check that a strict user turns on. */
function compile(folder, type, name) {
  const app = join(folder, type);
  mkdirSync(app);
  copyFileSync(join(ROOT, `test/compatibility/${name}.ts`), join(app, `${name}.ts`));
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
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: [`${name}.ts`] }));
  run(app, join(folder, 'node_modules/.bin/tsc'), '-p', '.');
  return join(app, `${name}.js`);
}

function cell(node, app, ...args) {
  const { status, stderr } = spawnSync(node, ['--disable-warning=ExperimentalWarning', app, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status === 0) return 'ok';
  failed += 1;
  say(`${[node, app, ...args].join(' ')}\n${stderr}`);
  return 'FAILED';
}
