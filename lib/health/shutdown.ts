import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import {
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { PlainSignal, type CallerSignal } from '../kit/caller-signal.js';
import type { Clock } from '../kit/clock.js';
import { isObject } from '../kit/json.js';
import type { Upstreams } from '../upstream/upstreams.js';

/** Parsed `shutdown` options, milliseconds from the signal on. */
export interface ShutdownOptions {
  /** How long requests are still accepted. */
  readonly drain: number;
  /** When calls that are still in flight are ended. */
  readonly grace: number;
}

/** Connections that are kept before the closed ones among them are looked for. */
const LEAST_SOCKETS = 256;

/** Time for an error to reach its caller before the connection is cut, milliseconds. */
const LAST_WORDS = 1_000;

/**
 * Shuts the process down in order. Readiness fails; requests are accepted until load balancers have noticed; then the
 * server closes and calls in flight finish. Calls that take too long end with an error (`upstream_shutdown`).
 */
export class Shutdown implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger('BlueGreenShutdown');
  readonly #drained = new PlainSignal();
  /** Connections that are open, and some that have closed since the last look at them. The server bounds their number. */
  readonly #sockets = new Set<Socket>();
  #nextLook = LEAST_SOCKETS;
  #begun = false;
  #cancel: () => void = () => {};

  constructor(
    private readonly options: ShutdownOptions,
    private readonly upstreams: Upstreams,
    private readonly host: HttpAdapterHost,
    private readonly clock: Clock,
  ) {}

  /** True once this process should get no more requests. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Aborts when no more requests are accepted. For streams that have no end of their own. */
  get drained(): CallerSignal {
    return this.#drained;
  }

  onApplicationBootstrap(): void {
    const server = this.#server;
    server?.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => this.#keep(socket));
  }

  /**
   * Nothing listens to the end of a connection: Node adds and removes a listener of its own there with every request,
   * and next to ours it took a list, which kept the garbage of each request for long.
   */
  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    if (this.#sockets.size < this.#nextLook) return;
    for (const one of this.#sockets) if (one.destroyed) this.#sockets.delete(one);
    this.#nextLook = Math.max(LEAST_SOCKETS, 2 * this.#sockets.size);
  }

  async beforeApplicationShutdown(signal?: string): Promise<void> {
    this.#begun = true;
    const { drain, grace } = this.options;
    this.#cancel = this.clock.after(grace, () => this.#endCalls());
    const server = this.host.listening ? this.#server : undefined;
    server?.prependListener('request', lastOfItsConnection);
    // Other calls of `close()` have a caller that waits: a person, a test.
    if (server && signal === 'SIGTERM') await new Promise<void>((resolve) => this.clock.after(drain, resolve));
    this.#drained.abort();
    if (!server) return;
    // A stream began when its connection was still kept alive: after its end no other request should use it.
    server.keepAliveTimeout = 1;
    // A closing server would wait for a first request on idle connections.
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }

  onApplicationShutdown(): void {
    this.#cancel();
  }

  #endCalls(): void {
    this.#logger.warn(`The ${this.options.grace} ms of shutdown.grace are over: ending the calls still in flight.`);
    this.upstreams.endCalls();
    this.#cancel = this.clock.after(LAST_WORDS, () => {
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  get #server(): Server | undefined {
    const server: unknown = this.host.httpAdapter?.getHttpServer?.();
    return isObject(server) && 'prependListener' in server ? (server as unknown as Server) : undefined;
  }
}

/** Tells a client to send its next request on another connection. */
function lastOfItsConnection({ httpVersionMajor }: IncomingMessage, response: ServerResponse): void {
  if (httpVersionMajor === 1) response.setHeader('connection', 'close');
}
