import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { ended, startCli, type CliProcess, type CliRun } from './cli.js';
import { FakeProvider } from './fake-provider.js';
import { REQUEST } from './sending.js';

/** Processes that can be told to end: the gateway alone, which is on Express, and an app of a user's on Fastify. */
export const LEAVERS = ['serve', 'fastify'] as const;
export type Leaver = (typeof LEAVERS)[number];

const KEY = 'a-key-of-the-gateway';
const APP = new URL('leaving-app.js', import.meta.url).pathname;

export interface ShutdownTimes {
  readonly drain: string;
  readonly grace: string;
}

/** A real process in front of a fake provider, its callers, and the signal that ends it. */
export class Leaving {
  readonly #agent = new Agent({ connections: null, headersTimeout: 0, bodyTimeout: 0 });
  readonly #sockets: Socket[] = [];

  private constructor(
    readonly provider: FakeProvider,
    readonly url: string,
    /** How it ended. */
    readonly over: Promise<CliRun>,
    private readonly process: CliProcess,
    private readonly folder: string,
  ) {}

  static async start(leaver: Leaver, { drain, grace }: ShutdownTimes): Promise<Leaving> {
    const provider = await FakeProvider.start();
    const folder = mkdtempSync(join(tmpdir(), 'blue-green-'));
    const env = { RELAY: provider.baseUrl, KEY, DRAIN: drain, GRACE: grace };
    const process = leaver === 'serve' ? serve(folder, env) : startApp(env);
    const over = ended(process);
    const first = await Promise.race([once(process.stdout, 'data'), over]);
    if (!Array.isArray(first)) throw new Error(`It did not start: ${first.stderr}`);
    const { url } = JSON.parse(String(first[0])) as { url: string };
    return new Leaving(provider, url.replace('[::1]', '127.0.0.1'), over, process, folder);
  }

  signal(name: NodeJS.Signals): void {
    this.process.kill(name);
  }

  /** The status of a GET. */
  async get(path: string): Promise<number> {
    const { statusCode, body } = await request(`${this.url}${path}`, { dispatcher: this.#agent });
    await body.dump();
    return statusCode;
  }

  /** Resolves when readiness has said no. */
  async unready(): Promise<void> {
    while ((await this.get('/health/ready')) !== 503);
  }

  call(body: object = {}) {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    return request(`${this.url}/v1/chat/completions`, {
      method: 'POST',
      dispatcher: this.#agent,
      headers,
      body: JSON.stringify({ ...REQUEST, model: 'chat', ...body }),
    });
  }

  /** The journal's events as they come: a stream that has no end of its own. */
  async events(): Promise<{ whole: Promise<string> }> {
    const headers = { authorization: `Bearer ${KEY}` };
    const { body } = await request(`${this.url}/v1/events`, { dispatcher: this.#agent, headers });
    return { whole: body.text() };
  }

  /** A connection on which nothing is ever asked, as browsers keep one. */
  async spareConnection(): Promise<void> {
    const socket = connect(Number(new URL(this.url).port), '127.0.0.1');
    this.#sockets.push(socket.on('error', () => {}));
    await once(socket, 'connect');
  }

  async stop(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.#agent.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await this.provider.stop();
    rmSync(this.folder, { recursive: true });
  }
}

function serve(folder: string, env: Readonly<Record<string, string>>): CliProcess {
  const config = join(folder, 'blue-green.yaml');
  writeFileSync(
    config,
    `relay: { base_url: "\${RELAY}", api_key: relay-key }
models: { chat: gpt-4o }
keys: [{ name: web, key: "\${KEY}", scopes: [inference, read] }]
shutdown: { drain: "\${DRAIN}", grace: "\${GRACE}" }
`,
  );
  return startCli(['serve', '--config', config, '--port', '0', '--host', '127.0.0.1', '--json'], env);
}

function startApp(env: Readonly<Record<string, string>>): CliProcess {
  return spawn(process.execPath, [APP], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
