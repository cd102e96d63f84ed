import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';

/** A real Redis Sentinel that alone decides on a failover. */
export class SentinelServer {
  private constructor(
    readonly port: number,
    private readonly name: string,
    private readonly directory: string,
    private readonly child: ChildProcess,
    private readonly client: Redis,
  ) {}

  /** @param primary port of the primary, on this machine. */
  static async start(name: string, primary: number): Promise<SentinelServer> {
    const [directory, port] = [await mkdtemp(join(tmpdir(), 'blue-green-sentinel-')), await freePort()];
    const file = join(directory, 'sentinel.conf');
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${directory}`,
      `sentinel monitor ${name} 127.0.0.1 ${primary} 1`,
      `sentinel down-after-milliseconds ${name} 1000`,
      `sentinel failover-timeout ${name} 5000`,
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    const child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
    await once(child, 'spawn');
    return new SentinelServer(
      port,
      name,
      directory,
      child,
      new Redis(port).on('error', () => {}),
    );
  }

  /** Resolves when it knows the primary's replica: without one there is no failover. */
  async knowsReplica(): Promise<void> {
    const replicas = () => this.client.call('SENTINEL', 'REPLICAS', this.name).catch(() => []);
    while (((await replicas()) as unknown[]).length === 0) await sleep(50);
  }

  async stop(): Promise<void> {
    this.client.disconnect();
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
    await rm(this.directory, { recursive: true, force: true });
  }
}
