import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const WORDS = 20;
const TOOK_MS = 20;

/** A provider on this machine. */
export class Provider {
  #open = 0;
  #mostOpen = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (_request, response) => {
      this.#mostOpen = Math.max(this.#mostOpen, ++this.#open);
      response.once('close', () => this.#open--);
    });
  }

  static async start(listener: RequestListener): Promise<Provider> {
    const server = createServer();
    const provider = new Provider(server);
    server.on('request', listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return provider;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** The most requests it ever had in hand at a time. */
  get mostOpen(): number {
    return this.#mostOpen;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Answers after 20 ms, whole or word by word. */
export const healthy: RequestListener = (request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const answer = body.includes('"stream":true') ? STREAM : JSON_ANSWER;
    setTimeout(() => response.writeHead(200, { 'content-type': answer.type }).end(answer.text), TOOK_MS);
  });
};

/** Takes the request and never says a word. */
export const hanging: RequestListener = (request) => {
  request.resume();
};

const usage = { prompt_tokens: 10, completion_tokens: WORDS };
const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;
const choice = (delta: object, finish_reason: string | null) => ({ index: 0, delta, finish_reason });

const JSON_ANSWER = {
  type: 'application/json',
  text: JSON.stringify({
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'word '.repeat(WORDS) }, finish_reason: 'stop' }],
    usage,
  }),
};

const STREAM = {
  type: 'text/event-stream',
  text: [
    ...Array.from({ length: WORDS }, () => event({ model: 'm', choices: [choice({ content: 'word ' }, null)] })),
    event({ model: 'm', choices: [choice({}, 'stop')] }),
    event({ model: 'm', choices: [], usage }),
    'data: [DONE]\n\n',
  ].join(''),
};
