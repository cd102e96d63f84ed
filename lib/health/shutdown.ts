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
  /** How long requests are still taken. */
  readonly drain: number;
  /** When what is still under way is ended. */
  readonly grace: number;
}

/** Milliseconds that an error has to reach its caller before the connection is cut. */
const LAST_WORDS = 1_000;

/**
 * The end of a process, in good order: readiness says no; requests are still taken until load balancers have noticed;
 * then the server closes, and calls under way finish; those that take too long end with an error (`upstream_shutdown`).
 */
export class Shutdown implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger('BlueGreenShutdown');
  readonly #drained = new PlainSignal();
  /** Those that are open: their number is the server's to bound. */
  readonly #sockets = new Set<Socket>();
  #begun = false;
  #cancel: () => void = () => {};

  constructor(
    private readonly options: ShutdownOptions,
    private readonly upstreams: Upstreams,
    private readonly host: HttpAdapterHost,
    private readonly clock: Clock,
  ) {}

  /** From here on nobody should send requests to this process. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Aborts when no more requests are taken. For streams that would go on for ever. */
  get drained(): CallerSignal {
    return this.#drained;
  }

  onApplicationBootstrap(): void {
    const server = this.#server;
    server?.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  async beforeApplicationShutdown(signal?: string): Promise<void> {
    this.#begun = true;
    const { drain, grace } = this.options;
    this.#cancel = this.clock.after(grace, () => this.#endCalls());
    const server = this.host.listening ? this.#server : undefined;
    server?.prependListener('request', lastOfItsConnection);
    // The others come from somebody who waits: a person, a test.
    if (server && signal === 'SIGTERM') await new Promise<void>((resolve) => this.clock.after(drain, resolve));
    this.#drained.abort();
    if (!server) return;
    // A stream began when its connection was still to be kept: behind its end nobody should wait for another request.
    server.keepAliveTimeout = 1;
    // A closing server waits for a first request on connections that never had one.
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }

  onApplicationShutdown(): void {
    this.#cancel();
  }

  #endCalls(): void {
    this.#logger.warn(`The ${this.options.grace} ms of shutdown.grace are over: what is still under way is ended.`);
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

/** Tells a client that keeps connections to ask elsewhere from now on. */
function lastOfItsConnection({ httpVersionMajor }: IncomingMessage, response: ServerResponse): void {
  if (httpVersionMajor === 1) response.setHeader('connection', 'close');
}
