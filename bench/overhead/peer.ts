import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('./server.js', import.meta.url));

/** A server in a process of its own. */
export class Peer {
  private constructor(
    readonly name: string,
    readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  static async start(name: string, upstream = 0, execArgv: readonly string[] = []): Promise<Peer> {
    const child = fork(SERVER, [name, String(upstream)], { execArgv: [...execArgv] });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new Peer(name, port, child);
  }

  /** Resident memory, bytes. */
  get pid(): number {
    return this.child.pid!;
  }

  stop(): void {
    this.child.kill();
  }
}
