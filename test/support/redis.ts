import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

/** A real `redis-server` on a free port, with its files in a directory of its own. */
export class RedisServer {
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly directory: string,
    private readonly settings: readonly string[],
  ) {}

  /** @param settings as on its command line. */
  static async start(...settings: readonly string[]): Promise<RedisServer> {
    const directory = await mkdtemp(join(tmpdir(), 'blue-green-redis-'));
    for (;;) {
      const server = new RedisServer(await freePort(), directory, settings);
      try {
        await server.#run();
        return server;
      } catch (error) {
        // A cluster also takes the port 10,000 above, which may be somebody's.
        if (!String(error).includes('Address already in use')) throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    await this.#end('SIGKILL');
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Ends it in order until {@link restart}; what it holds is on disk. */
  async shutDown(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stands still until {@link resume}: connections stay open, and nothing answers. */
  suspend(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** @param settings for this once. */
  async restart(...settings: readonly string[]): Promise<void> {
    await this.#end('SIGTERM');
    await this.#run(...settings);
  }

  async #run(...settings: readonly string[]): Promise<void> {
    const where = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.directory];
    const all = [...where, '--appendonly', 'yes', ...this.settings, ...settings];
    const child = spawn('redis-server', all, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#process = child;
    const failed = once(child, 'error').then(([error]) => {
      throw new Error('redis-server did not start. Install it: apt-get install redis-server', { cause: error });
    });
    await Promise.race([readyLine(child), failed]);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
}

async function readyLine(child: ChildProcess): Promise<void> {
  let output = '';
  for await (const part of child.stdout!) {
    output += String(part);
    if (output.includes('Ready to accept connections')) {
      child.stdout!.resume();
      return;
    }
  }
  throw new Error(`redis-server ended before it was ready: ${output}`);
}
