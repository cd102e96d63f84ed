import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** A call that an agent made, and the status of its answer. */
export interface Seen {
  readonly call: string;
  readonly status: number;
  /** Another environment answered than the one that was to. */
  readonly isRescued: boolean;
}

/** In front of replicas, as a load balancer is: each call goes to the next one. Keeps what agents were answered. */
export class Door {
  readonly seen: Seen[] = [];
  readonly #server: Server;
  #next = 0;

  private constructor(private readonly origins: readonly string[]) {
    this.#server = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing));
  }

  static async open(origins: readonly string[]): Promise<Door> {
    const door = new Door(origins);
    door.#server.listen(0, '127.0.0.1');
    await once(door.#server, 'listening');
    return door;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming;
    const origin = this.origins[this.#next++ % this.origins.length]!;
    const onward = request(`${origin}${url}`, { method, headers });
    try {
      const [[answer]] = (await Promise.all([once(onward, 'response'), pipeline(incoming, onward)])) as [
        [IncomingMessage],
        void,
      ];
      const isRescued = answer.headers['x-fallback'] === 'true';
      this.seen.push({ call: `${method} ${url.split('?')[0]}`, status: answer.statusCode ?? 0, isRescued });
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      await pipeline(answer, outgoing);
    } catch {
      outgoing.destroy();
    }
  }
}
