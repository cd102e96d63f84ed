import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../../lib/kit/json.js';
import type { Ask, Fault, Said } from './exercise.js';
import { json, type Reply, type Wire } from './wires/wire.js';
import { LocalServer } from '../measured/local-server.js';

/** Those that are asked here, whichever vendor lists them. */
const MODELS = ['gpt-5.2', 'gpt-4o', 'claude-sonnet-4-5', 'llama-4'];

/** The next answer of the vendor. */
export interface Next {
  readonly said: Said;
  readonly fault?: Fault;
}

/** A call that a vendor has got. */
export interface Heard {
  readonly ask: Ask;
  readonly wire: Wire;
  readonly body: JsonObject;
  /** The part that the vendor refused. */
  readonly complaint: string | undefined;
}

/** A vendor on a real socket: it takes what its API takes, refuses what that refuses, and answers as it is told. */
export class Vendor {
  heard: Heard[] = [];
  next: Next | undefined;

  #server: LocalServer | undefined;

  private constructor(private readonly wires: readonly Wire[]) {}

  static async start(wires: readonly Wire[]): Promise<Vendor> {
    const one = new Vendor(wires);
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
    const list = { data: MODELS.map((id) => ({ id })), has_more: false };
    const isList = request.method === 'GET';
    const { headers, status, body } = isList
      ? json(200, list)
      : this.#replyTo(decodeURIComponent(request.url ?? ''), text);
    response.writeHead(status, headers);
    for (const part of body) {
      response.write(part);
      await new Promise(setImmediate);
    }
    response.end();
  }

  #replyTo(url: string, text: string): Reply {
    const path = url.split('?')[0]!;
    const wire = this.wires.find((known) => known.serves(path));
    if (!wire || !this.next) return json(404, { error: { message: `nothing at ${path}` } });
    const call = { path, body: JSON.parse(text) as JsonObject };
    const complaint = wire.complaint(call);
    this.heard.push({ ask: wire.heard(call), wire, body: call.body, complaint });
    const { said, fault } = this.next;
    if (complaint !== undefined) return wire.fails({ name: 'rejected', failure: 'rejected', stage: 'status' });
    if (fault?.stage === 'status') return wire.fails(fault);
    if (fault) return wire.breaks(said, call, fault);
    return wire.isStream(call) ? wire.stream(said, call) : wire.whole(said, call);
  }
}
