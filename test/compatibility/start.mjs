// From nothing to a first canary, as a new user gets there: `nest new`, `nest add nestjs-blue-green`, its test, its app.
//   npm run compatibility:start -- [11 12]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeUpstream, answer } from 'nestjs-blue-green/testing';
import { registryWith } from './registry.mjs';

const ROOT = join(import.meta.dirname, '../..');
const KEY = 'a-key-that-is-long-enough';
/** Under which what we publish as types has to compile in an app with nothing but what `nest new` and `nest add` install. */
const STRICT = ['--skipLibCheck', 'false', '--strict', '--exactOptionalPropertyTypes'];
const LONGEST_SECONDS = 120;
const wanted = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'blue-green-start-'));
const say = (line) => process.stderr.write(`${line}\n`);

let failed = 0;
const rows = [];
let registry;
try {
  const pack = ['pack', './package', '--json', '--ignore-scripts', '--pack-destination', work];
  const [{ filename }] = JSON.parse(await run(ROOT, 'npm', ...pack));
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  registry = await registryWith(join(work, filename), manifest);
  for (const nest of wanted.length > 0 ? wanted : ['11', '12']) rows.push(await start(nest));
} finally {
  registry?.close();
  rmSync(work, { recursive: true, force: true });
}
for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
process.exitCode = failed === 0 ? 0 : 1;

async function start(nest) {
  const folder = join(work, `app-${nest}`);
  const from = performance.now();
  const seconds = () => Math.round((performance.now() - from) / 100) / 10;
  const times = {};
  const step = async (name, command, ...args) => {
    const began = seconds();
    const said = await run(name === 'new' ? work : folder, command, ...args);
    times[name] = Math.round((seconds() - began) * 10) / 10;
    say(`Nest ${nest}: ${name} ${times[name]} s`);
    return said;
  };
  try {
    await step(
      'new',
      'npx',
      '--yes',
      `@nestjs/cli@${nest}`,
      'new',
      `app-${nest}`,
      '--package-manager',
      'npm',
      '--skip-git',
    );
    await step('add', 'npx', 'nest', 'add', 'nestjs-blue-green');
    await step('build', 'npm', 'run', 'build');
    const canary = await firstCanary(folder);
    const toCanary = seconds();
    await step('types', 'npx', 'tsc', '--noEmit', '-p', 'tsconfig.build.json', ...STRICT);
    await step('test', 'npm', 'run', 'test:e2e');
    await step('again', 'npx', 'nest', 'add', 'nestjs-blue-green', '--skip-install');
    if (toCanary > LONGEST_SECONDS) throw new Error(`The first canary came after ${toCanary} s.`);
    return { nest, ...times, ...canary, toCanary };
  } catch (error) {
    failed += 1;
    say(`Nest ${nest}: ${error instanceof Error ? error.message : String(error)}`);
    return { nest, ...times, failed: true };
  }
}

/** Boots the app with a provider of this machine, and starts a rollout over HTTP. */
async function firstCanary(folder) {
  const provider = await FakeUpstream.start({ models: ['gpt-4o', 'gpt-4.1'] });
  provider.always(answer('Hello!'));
  const env = {
    ...process.env,
    OPENAI_BASE_URL: provider.baseUrl,
    OPENAI_API_KEY: 'a-key',
    BLUE_GREEN_KEY: KEY,
    PORT: await freePort(),
  };
  const app = spawn('node', ['dist/main.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await started(app);
    const send = async (method, path, body) => {
      const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
      const response = await fetch(`http://localhost:${env.PORT}${path}`, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} is answered with ${response.status}: ${text}`);
      return JSON.parse(text);
    };
    const { content } = await send('POST', '/chat', { message: 'Hi' });
    if (content !== 'Hello!') throw new Error(`POST /chat answers with "${content}".`);
    await send('GET', '/health');
    await send('POST', '/v1/rollouts/chat/start', { reason: 'the first canary' });
    const { weights } = await send('GET', '/v1/rollouts/chat');
    if (weights.green !== 5) throw new Error(`Green has the weight ${weights.green}.`);
    return { weights };
  } finally {
    app.kill();
    await provider.stop();
  }
}

/** Nest says so when it listens. */
function started(app) {
  let said = '';
  return new Promise((resolve, reject) => {
    app.stdout.on('data', (part) => {
      said += part;
      if (said.includes('successfully started')) resolve();
    });
    app.once('exit', (code) => reject(new Error(`The app ended with ${code}: ${said}`)));
  });
}

async function freePort() {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return String(port);
}

/** What a command says; with its errors, if it fails. */
async function run(cwd, command, ...args) {
  // Ours is not published when this runs. Everything else comes from npm directly.
  const address = args.includes('nestjs-blue-green') ? registry.address() : undefined;
  const env = address ? { ...process.env, npm_config_registry: `http://127.0.0.1:${address.port}` } : process.env;
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaints = '';
  child.stdout.on('data', (part) => (said += part));
  child.stderr.on('data', (part) => (complaints += part));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${said}${complaints}`);
  return said;
}
