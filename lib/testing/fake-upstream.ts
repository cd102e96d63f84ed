import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Behaviour, SeenRequest } from './behaviour.js';
import { answer } from './behaviours.js';
import { json } from './server-sent.js';

export interface FakeUpstreamOptions {
  /** Where to listen on 127.0.0.1. Default: a free port. */
  readonly port?: number;
  /** What it says its models are. Default: none, and pre-flight asks for a token instead of reading the list. */
  readonly models?: readonly string[];
}

/** How many requests are remembered: beyond it the oldest are forgotten. */
const REMEMBERED = 10_000;

/**
 * A provider on a real socket that does as it is told: chat completions, responses and embeddings as OpenAI has them,
 * messages as Anthropic has them, whole or streamed. Unless told otherwise it says "Hello there".
 *
 * @example
 * ```ts
 * const upstream = await FakeUpstream.start({ models: ['gpt-4o', 'gpt-4.1'] });
 * upstream.always(answer('Your parcel is on its way.'));
 * upstream.next(fail(503), hang);
 * ```
 */
export class FakeUpstream {
  /** What came, the newest 10,000 of it: calls, and the probes of health checks and pre-flight. */
  readonly seen: SeenRequest[] = [];
  /** What `GET /models` lists. */
  models: string[];
  readonly #configured: readonly string[];
  #behaviours: Behaviour[] = [];
  #usual: Behaviour = answer();

  private constructor(
    private readonly server: Server,
    models: readonly string[],
  ) {
    this.#configured = models;
    this.models = [...models];
  }

  static async start({ port = 0, models = [] }: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
    const server = createServer();
    const upstream = new FakeUpstream(server, models);
    server.on('request', (request, response) => void upstream.#serve(request, response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return upstream;
  }

  /** What an environment's `baseUrl` is set to. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Calls of models alone: no `GET`. */
  get calls(): SeenRequest[] {
    return this.seen.filter(({ method }) => method === 'POST');
  }

  /** From now on. */
  always(behaviour: Behaviour): this {
    this.#usual = behaviour;
    return this;
  }

  /** For the next calls, one each; then as usual. */
  next(...behaviours: Behaviour[]): this {
    this.#behaviours.push(...behaviours);
    return this;
  }

  /** Forgets what it has seen and what it was told; its models are again those of the start. */
  reset(): void {
    this.seen.length = 0;
    this.models = [...this.#configured];
    this.#behaviours = [];
    this.#usual = answer();
  }

  /** Hangs up on everybody, calls under way too. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    if (this.server.listening) await once(this.server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const seen = await received(request, response);
      this.seen.push(seen);
      if (this.seen.length > REMEMBERED) this.seen.shift();
      if (seen.method === 'GET') {
        json(response, 200, { object: 'list', data: this.models.map((id) => ({ id, object: 'model' })) });
        return;
      }
      await (this.#behaviours.shift() ?? this.#usual)(seen, response);
    } catch (error) {
      // A caller that left, or a behaviour with a mistake in it: the test should fail, not the process.
      if (response.headersSent) response.destroy();
      else
        json(response, 500, { error: { message: `The fake upstream failed: ${String(error)}`, code: 'test_error' } });
    }
  }
}

async function received(request: IncomingMessage, response: ServerResponse): Promise<SeenRequest> {
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  const chunks: Buffer[] = [];
  for await (const part of request) chunks.push(part as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    closed,
  };
}
