import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * `open`; `cut`: nobody gets through, and everybody is told; `silent`: what is sent is kept back, on every connection,
 * until it is open again.
 */
type LinkState = 'open' | 'cut' | 'silent';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  deaf: boolean;
}

/** A piece of network between a process and a server, that can be slow, silent or cut. */
export class Link {
  readonly #pairs = new Set<Pair>();
  #state: LinkState = 'open';
  /** Milliseconds that bytes take, each way. */
  #delay = 0;

  private constructor(
    private readonly server: Server,
    private port: number,
  ) {
    server.on('connection', (socket) => this.#accept(socket));
  }

  /** @param port of the server at the other end, on this machine. */
  static async to(port: number): Promise<Link> {
    const link = new Link(createServer(), port);
    link.server.listen(0, '127.0.0.1');
    await once(link.server, 'listening');
    return link;
  }

  get near(): number {
    return (this.server.address() as AddressInfo).port;
  }

  open(): void {
    this.#state = 'open';
    this.#delay = 0;
    for (const pair of this.#pairs) {
      if (pair.deaf) continue;
      pair.near.resume();
      pair.far.resume();
    }
  }

  /** New connections lead to another server. */
  moveTo(port: number): void {
    this.port = port;
  }

  slow(delay: number): void {
    this.#delay = delay;
  }

  cut(): void {
    this.#state = 'cut';
    this.drop();
  }

  /** Nothing gets through any more, and nobody is told. */
  silence(): void {
    this.#state = 'silent';
    for (const { near, far } of this.#pairs) {
      near.pause();
      far.pause();
    }
  }

  /** Connections as they are now, or one of them, are never heard of again; new ones get through. */
  deafen(which: 'all' | 'oldest' | 'newest' = 'all'): void {
    const pairs = [...this.#pairs];
    for (const pair of which === 'all' ? pairs : pairs.splice(which === 'oldest' ? 0 : -1, 1)) {
      pair.deaf = true;
      pair.near.pause();
      pair.far.pause();
    }
  }

  drop(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  async stop(): Promise<void> {
    this.server.close();
    this.drop();
    await once(this.server, 'close');
  }

  #accept(near: Socket): void {
    if (this.#state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.port, '127.0.0.1');
    const pair = { near, far, deaf: false };
    this.#pairs.add(pair);
    this.#forward(near, far);
    this.#forward(far, near);
    const gone = (): void => {
      // Who is not heard of any more does not hear of the other's end either.
      if (this.#state !== 'silent' && !pair.deaf) {
        near.destroy();
        far.destroy();
      }
      if (near.destroyed) {
        far.destroy();
        this.#pairs.delete(pair);
      }
    };
    near.on('close', gone);
    far.on('close', gone);
    if (this.#state === 'silent') {
      near.pause();
      far.pause();
    }
  }

  /** In order, however the delay changes. */
  #forward(from: Socket, to: Socket): void {
    from.setNoDelay(true);
    from.on('error', () => from.destroy());
    let last: Promise<void> = Promise.resolve();
    const later = (action: () => void): void => {
      const delay = this.#delay;
      const passed = delay === 0 ? undefined : new Promise<void>((resolve) => setTimeout(resolve, delay));
      last = last.then(async () => {
        if (passed) await passed;
        action();
      });
    };
    from.on('data', (bytes: Buffer) => later(() => void (to.writable && to.write(bytes))));
    from.on('end', () => later(() => to.end()));
  }
}
