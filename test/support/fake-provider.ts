import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A request as the provider saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
  /** Resolves when the socket of this request has closed. */
  readonly closed: Promise<void>;
}

/** How the provider answers one request. */
export type Behaviour = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

/** An OpenAI-compatible provider on a real socket that does what it is told. */
export class FakeProvider {
  readonly seen: SeenRequest[] = [];
  models: string[] = [];
  #behaviours: Behaviour[] = [];
  #usual: Behaviour = answer();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeProvider> {
    const server = createServer();
    const provider = new FakeProvider(server);
    server.on('request', (request, response) => void provider.#serve(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return provider;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Completions that were asked for; probes do not count. */
  get calls(): SeenRequest[] {
    return this.seen.filter(({ method }) => method === 'POST');
  }

  /** From now on. */
  always(behaviour: Behaviour): this {
    this.#usual = behaviour;
    return this;
  }

  /** For the next requests, one each; then as usual. */
  next(...behaviours: Behaviour[]): this {
    this.#behaviours.push(...behaviours);
    return this;
  }

  reset(): void {
    this.seen.length = 0;
    this.#behaviours = [];
    this.#usual = answer();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    if (this.server.listening) await once(this.server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const part of request) chunks.push(part as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      closed: new Promise((resolve) => response.once('close', resolve)),
    };
    this.seen.push(seen);
    if (request.method === 'GET') {
      json(response, 200, { object: 'list', data: this.models.map((id) => ({ id, object: 'model' })) });
      return;
    }
    await (this.#behaviours.shift() ?? this.#usual)(seen, response);
  }
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export interface AnswerText {
  readonly words?: readonly string[];
  readonly usage?: { prompt_tokens: number; completion_tokens: number };
}

const USAGE = { prompt_tokens: 100, completion_tokens: 10 };

/** A whole answer, as JSON or as a stream, whichever was asked for. */
export function answer({ words = ['Hello', ' there'], usage = USAGE }: AnswerText = {}): Behaviour {
  return (request, response) => {
    const model = String(request.body['model']);
    if (request.body['stream'] !== true) {
      const message = { role: 'assistant', content: words.join('') };
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      json(response, 200, { id: 'c1', object: 'chat.completion', created: 1, model, choices, usage });
      return;
    }
    begin(response);
    for (const word of words) response.write(chunk(model, word));
    response.write(finish(model));
    response.end(`${usageEvent(model, usage)}data: [DONE]\n\n`);
  };
}

/** An error with the provider's status and code. */
export function fail(status: number, code = 'server_error', headers: Record<string, string> = {}): Behaviour {
  return (_request, response) => json(response, status, { error: { message: 'provider says no', code } }, headers);
}

export function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

export function chunk(model: string, content: string): string {
  return event({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model,
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  });
}

export function finish(model: string): string {
  return event({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model,
    choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
  });
}

function usageEvent(model: string, usage = USAGE): string {
  return event({ id: 'c1', object: 'chat.completion.chunk', created: 1, model, choices: [], usage });
}

export function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
