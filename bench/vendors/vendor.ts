import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../lib/kit/json.js';
import type { Ask, Fault, Said } from './exercise.js';
import { json, type Reply, type Wire } from './wires/wire.js';

/** Those that are asked here, whichever vendor lists them. */
const MODELS = ['gpt-4o', 'claude-sonnet-4-5', 'llama-4'];

/** What the vendor does next. */
export interface Next {
  readonly said: Said;
  readonly fault?: Fault;
}

/** A call that a vendor has got. */
export interface Heard {
  readonly ask: Ask;
  readonly wire: Wire;
  readonly body: JsonObject;
  /** What the vendor refused. */
  readonly complaint: string | undefined;
}

/** A vendor on a real socket: it takes what its API takes, refuses what that refuses, and answers as it is told. */
export class Vendor {
  heard: Heard[] = [];
  next: Next | undefined;

  private constructor(
    private readonly server: Server,
    private readonly wires: readonly Wire[],
  ) {}

  static async start(wires: readonly Wire[]): Promise<Vendor> {
    const server = createServer();
    const vendor = new Vendor(server, wires);
    server.on('request', (request, response) => void vendor.#serve(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return vendor;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += String(part);
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
