import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Held, Order, ServerName } from './server.js';

const SERVER = fileURLToPath(new URL('server.js', import.meta.url));

/** A server in a process of its own that tells what it holds in memory. */
export class Measured {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  /** @throws when it ends before it listens. */
  static async start(name: ServerName, upstream = 0): Promise<Measured> {
    const child = fork(SERVER, [name, String(upstream)], { execArgv: ['--expose-gc'] });
    const gone = once(child, 'exit').then(() => Promise.reject(new Error(`The server "${name}" did not start.`)));
    const [{ port }] = (await Promise.race([once(child, 'message'), gone])) as [{ port: number }];
    gone.catch(() => undefined);
    return new Measured(port, child);
  }

  /** Of the operating system. */
  get pid(): number {
    return this.child.pid!;
  }

  /** `collect`: what is left when the garbage is gone. */
  async held(collect: boolean): Promise<Held> {
    const answered = once(this.child, 'message');
    this.child.send({ collect } satisfies Order);
    const [held] = (await answered) as [Held];
    return held;
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
