import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '../../../lib/kit/json.js';
import { chat } from './chat.js';
import { messages } from './messages.js';
import { responses } from './responses.js';
import type { Speaker } from './speaker.js';
import { turnOf } from './turn.js';
import { LocalServer } from '../../measured/local-server.js';

const SPEAKERS: Readonly<Record<string, Speaker>> = {
  '/v1/chat/completions': chat,
  '/v1/responses': responses,
  '/v1/messages': messages,
};

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

/**
 * A provider of all formats for real clients. Its ids are always the same, so that two runs can be compared. The words
 * of a prompt decide what it does: those of `turnOf()`; `ERR400` fails; `ONCE500-x` fails the first time; `SLOW` drips;
 * `LATE` begins after two seconds.
 */
export class BenchProvider {
  /** Bodies of the calls, oldest first. */
  readonly calls: JsonObject[] = [];
  readonly #failed = new Set<string>();

  #server: LocalServer | undefined;

  static async start(): Promise<BenchProvider> {
    const one = new BenchProvider();
    one.#server = await LocalServer.start((request, text, response) => one.#serve(request, text, response));
    return one;
  }

  get origin(): string {
    return this.#server!.origin;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async #serve(request: IncomingMessage, text: string, response: ServerResponse): Promise<void> {
    const [path = ''] = (request.url ?? '').split('?');
    if (path === '/v1/messages/count_tokens') return json(response, 200, { input_tokens: 42 });
    if (path === '/v1/embeddings') return json(response, 200, embeddingsFor(JSON.parse(text) as JsonObject));
    const speaker = SPEAKERS[path];
    if (!speaker || request.method !== 'POST') return json(response, 404, chat.error(`no ${path}`, 'not_found_error'));
    const body = JSON.parse(text) as JsonObject;
    this.calls.push(body);
    const asked = speaker.asked(body);
    const status = this.#statusFor(asked.user);
    if (status !== 200) {
      const error = speaker.error(`fault ${status}`, ERROR_TYPES[status] ?? 'server_error');
      return json(response, status, error, status === 429 ? { 'retry-after': '1' } : {});
    }
    if (asked.user.includes('LATE')) await pause(2_000);
    const turn = turnOf(asked);
    if (body['stream'] !== true) return json(response, 200, speaker.whole(turn, body));
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_bench' });
    for (const { event, data } of speaker.events(turn, body)) {
      if (response.destroyed) return;
      const line = typeof data === 'string' ? data : JSON.stringify(data);
      response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${line}\n\n`);
      if (asked.user.includes('SLOW')) await pause(60);
    }
    response.end();
  }

  #statusFor(user: string): number {
    const [, first, name = ''] = /ONCE(\d{3})-(\w+)/.exec(user) ?? [];
    if (first !== undefined) {
      if (this.#failed.has(name)) return 200;
      this.#failed.add(name);
      return Number(first);
    }
    return Number(/ERR(\d{3})/.exec(user)?.[1] ?? 200);
  }
}

function embeddingsFor({ model, input, encoding_format }: JsonObject): object {
  const vector = [0.25, -0.5, 1];
  const base64 = Buffer.from(new Float32Array(vector).buffer).toString('base64');
  const embedding = encoding_format === 'base64' ? base64 : vector;
  const data = [input].flat().map((_, index) => ({ object: 'embedding', index, embedding }));
  return { object: 'list', data, model, usage: { prompt_tokens: 5, total_tokens: 5 } };
}

function json(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  const known = { 'content-type': 'application/json', 'request-id': 'req_bench' };
  response.writeHead(status, { ...known, ...headers }).end(JSON.stringify(body));
}
