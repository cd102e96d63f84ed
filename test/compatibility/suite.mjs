// Runs the tests on every Node that `engines` supports, on the oldest and the newest peers, and on AI SDK 7; prints a table.
//   npm run compatibility:suite -- [target …] [-- Jest's patterns]     targets: node-20 node-22 … peers-lowest peers-newest ai-7
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeOf } from './node-of.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const NODES = ['20', '22', '24', '26'];
const JEST = ['--experimental-vm-modules', '--enable-source-maps', '--disable-warning=ExperimentalWarning'];

/** AI SDK 7 needs Node 22. */
const AI_7 = ['ai@7', ...['provider', 'openai', 'anthropic', 'google'].map((name) => `@ai-sdk/${name}@4`)].concat(
  ['@ai-sdk/openai-compatible@3'],
  ['amazon-bedrock', 'google-vertex'].map((name) => `@ai-sdk/${name}@5`),
);

const peers = (version) => () =>
  Object.entries(peerDependencies)
    // These run on other versions of Node, so they have a target of their own.
    .filter(([name]) => !name.startsWith('@ai-sdk/'))
    .map(([name, range]) => `${name}@${version(name, range)}`);
/** The oldest version there is within the range: the registry lists them in their order. */
const oldest = (name, range) =>
  [
    JSON.parse(
      execFileSync('npm', ['view', `${name}@${range}`, 'version', '--json'], { stdio: ['ignore', 'pipe', 'ignore'] }),
    ),
  ].flat()[0];
const newest = (_name, range) => range;

const TARGETS = new Map([
  ...NODES.map((version) => [`node-${version}`, { version }]),
  ['peers-lowest', { install: peers(oldest) }],
  ['peers-newest', { install: peers(newest) }],
  ['ai-7', { version: '24', install: () => AI_7 }],
]);

const { positionals, tokens } = parseArgs({ allowPositionals: true, tokens: true });
const end = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? Infinity;
const given = tokens.filter(({ kind }) => kind === 'positional');
const wanted = given.filter(({ index }) => index < end).map(({ value }) => value);
const patterns = positionals.slice(wanted.length);
const unknown = wanted.filter((name) => !TARGETS.has(name));
if (unknown.length > 0)
  throw new Error(`No target ${unknown.join(', ')}. There are: ${[...TARGETS.keys()].join(', ')}.`);

const npm = (cwd, ...args) => execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
const work = mkdtempSync(join(tmpdir(), 'blue-green-compatibility-'));
const rows = [];
try {
  for (const [name, target] of TARGETS) {
    if (wanted.length === 0 || wanted.includes(name)) rows.push(run(name, target));
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
const COLUMNS = ['target', 'node', 'passed', 'failed', 'seconds'];
const line = (cells) => `| ${cells.join(' | ')} |\n`;
process.stdout.write(`\n${line(COLUMNS)}${line(COLUMNS.map(() => '---'))}`);
for (const row of rows) process.stdout.write(line(COLUMNS.map((column) => row[column])));
process.exitCode = rows.every(({ failed }) => failed === 0) ? 0 : 1;

/** Tests a copy: what is built meanwhile does not disturb it. */
function run(name, { version, install }) {
  const folder = join(work, name);
  copyTo(folder);
  if (!install) symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  else {
    npm(folder, 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
    npm(folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', ...install());
  }
  const node = version === undefined ? process.execPath : nodeOf(version, work);
  const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` };
  const began = performance.now();
  const jest = join(folder, 'node_modules/jest/bin/jest.js');
  const { stdout } = spawnSync(node, [...JEST, jest, ...patterns], {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(stdout);
  const [, passed, failed] = /^(\d+) passed, (\d+) failed/m.exec(stdout) ?? [undefined, 0, 'all'];
  const exact = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const seconds = Math.round((performance.now() - began) / 1_000);
  return {
    target: name,
    node: exact,
    passed: Number(passed),
    failed: failed === 'all' ? failed : Number(failed),
    seconds,
  };
}

function copyTo(folder) {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const path of [...tracked, 'dist']) {
    if (!existsSync(join(ROOT, path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  }
}
