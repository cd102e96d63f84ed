import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Behaviour, SeenRequest } from './behaviour.js';
import { answer } from './behaviours.js';
import { json } from './server-sent.js';

export interface FakeUpstreamOptions {
  /** Where to listen on 127.0.0.1. Default: a free port. */
  readonly port?: number;
  /** The models that it lists. Default: none; pre-flight then asks for a token instead of reading the list. */
  readonly models?: readonly string[];
}

/** Requests that are remembered; then the oldest are forgotten. */
const REMEMBERED = 10_000;

/**
 * A provider on a real socket that behaves as the test says. It speaks OpenAI's chat completions, completions,
 * responses and embeddings and Anthropic's messages, whole or streamed. By default it answers "Hello there".
 *
 * @example
 * ```ts
 * const upstream = await FakeUpstream.start({ models: ['gpt-4o', 'gpt-4.1'] });
 * upstream.always(answer('Your parcel is on its way.'));
 * upstream.next(fail(503), hang);
 * ```
 */
export class FakeUpstream {
  /** The newest 10,000 requests: calls, and probes of health checks and pre-flight. */
  readonly seen: SeenRequest[] = [];
  /** The models that `GET /models` lists. */
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

  /** For an environment's `baseUrl`. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Only calls of models, without `GET`. */
  get calls(): SeenRequest[] {
    return this.seen.filter(({ method }) => method === 'POST');
  }

  /** From now on. */
  always(behaviour: Behaviour): this {
    this.#usual = behaviour;
    return this;
  }

  /** For the next calls, one each; then back to the usual behavior. */
  next(...behaviours: Behaviour[]): this {
    this.#behaviours.push(...behaviours);
    return this;
  }

  /** Forgets all requests and behaviors, and lists its first models again. */
  reset(): void {
    this.seen.length = 0;
    this.models = [...this.#configured];
    this.#behaviours = [];
    this.#usual = answer();
  }

  /** Closes all connections, also those of calls under way. */
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
      if (seen.method === 'GET' && !seen.path.includes('/responses/')) {
        json(response, 200, { object: 'list', data: this.models.map((id) => ({ id, object: 'model' })) });
        return;
      }
      await (this.#behaviours.shift() ?? this.#usual)(seen, response);
    } catch (error) {
      // The caller left, or the behavior has a mistake: the test should fail, not the process.
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
    text,
    closed,
  };
}
