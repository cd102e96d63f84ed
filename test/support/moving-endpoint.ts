import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';

/** An address that moves to another server, as that of a managed database does: connections that stand stay. */
export class MovingEndpoint {
  private constructor(
    private readonly server: Server,
    private port: number,
  ) {
    server.on('connection', (near) => {
      const far = connect(this.port, '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
  }

  /** @param port of the first server, on this machine. */
  static async to(port: number): Promise<MovingEndpoint> {
    const endpoint = new MovingEndpoint(createServer(), port);
    await once(endpoint.server.listen(0, '127.0.0.1'), 'listening');
    return endpoint;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  move(port: number): void {
    this.port = port;
  }

  stop(): void {
    this.server.close();
  }
}
