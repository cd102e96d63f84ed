import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { answer } from './behaviours.js';
import { Exchange } from './exchange.js';
import { RequestReader } from './request-reader.js';
import type { Speaker } from './speaker.js';

/** A provider's reaction to one request. */
export type Behaviour = (exchange: Exchange) => void | Promise<void>;

/**
 * A provider on a bare socket, so that it can misbehave in every way that TCP has. It reads HTTP/1.1 itself and
 * keeps connections alive as a real one does.
 */
export class RawProvider {
  readonly #exchanges: Exchange[] = [];
  readonly #sockets = new Set<Socket>();
  #behaviour: Behaviour = answer;

  private constructor(
    private readonly server: Server,
    readonly speaker: Speaker,
  ) {
    server.on('connection', (socket) => this.#accept(socket));
  }

  static async start(speaker: Speaker): Promise<RawProvider> {
    const provider = new RawProvider(createServer(), speaker);
    provider.server.listen(0, '127.0.0.1');
    await once(provider.server, 'listening');
    return provider;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Completions that were asked for, in order. */
  get exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  /** Earlier requests: a long run would fill the memory with it. */
  forget(): void {
    this.#exchanges.length = 0;
  }

  /** From now on. */
  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
  }

  heal(): void {
    this.behave(answer);
  }

  async stop(): Promise<void> {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.server, 'close');
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    // The other side may do anything to the socket: it is here for that.
    socket.on('error', () => socket.destroy());
    const closed = new Promise<number>((resolve) => {
      socket.once('close', () => {
        this.#sockets.delete(socket);
        resolve(performance.now());
      });
    });
    const reader = new RequestReader();
    let earlier = 0;
    socket.on('data', (bytes: Buffer) => {
      for (const request of reader.feed(bytes)) {
        void this.#serve(new Exchange(socket, request, earlier++, this.speaker, closed));
      }
    });
  }

  async #serve(exchange: Exchange): Promise<void> {
    if (exchange.request.method !== 'POST') {
      exchange.whole(200, JSON.stringify({ object: 'list', data: [{ id: this.speaker.model, object: 'model' }] }));
      return;
    }
    this.#exchanges.push(exchange);
    await this.#behaviour(exchange);
  }
}
