import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '../../lib/kit/json.js';
import { objectsIn } from '../../lib/upstream/dialects/request-parts.js';
import { LocalServer } from '../measured/local-server.js';
import { chat } from '../vendors/wires/chat.js';
import { messages } from '../vendors/wires/messages.js';
import { responses } from '../vendors/wires/responses.js';
import { json, type Call, type Reply, type Wire } from '../vendors/wires/wire.js';
import { refusedByAnthropic } from './anthropic-rules.js';
import { refusedByOpenAi, settingRefused } from './openai-rules.js';
import { asAnthropic, asOpenAi, type Refusal } from './refusal.js';
import { saidTo, taskIn } from './task.js';

/** A model takes its time. Other sessions, and the split, go on meanwhile. */
const THINKS_MS = 30;

const WIRES: readonly Wire[] = [messages, responses, chat];

/** Sees every call of a model. */
export interface Watch {
  answered(task: string | undefined): void;
  refused(task: string | undefined, message: string): void;
}

/**
 * An account at a vendor: it signs and encrypts its thoughts, and refuses those of every other account in the vendor's
 * own words, like all that the vendor's API has no place for.
 */
export class Organization {
  readonly #signed = new Map<string, string>();
  readonly #encrypted = new Set<string>();
  readonly #responses = new Set<string>();
  #made = 0;
  #server: LocalServer | undefined;

  private constructor(
    private readonly name: string,
    private readonly model: string,
    private readonly watch: Watch,
  ) {}

  static async start(name: string, model: string, watch: Watch): Promise<Organization> {
    const one = new Organization(name, model, watch);
    one.#server = await LocalServer.start((request, text, response) => one.#serve(request, text, response));
    return one;
  }

  get baseUrl(): string {
    return `${this.#server!.origin}/v1`;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async #serve(request: IncomingMessage, text: string, response: ServerResponse): Promise<void> {
    const [path = ''] = (request.url ?? '').split('?');
    if (path.endsWith('/count_tokens')) return send(response, json(200, { input_tokens: 42 }));
    if (request.method === 'GET') {
      return send(response, json(200, { object: 'list', data: [{ id: this.model, object: 'model' }] }));
    }
    const wire = WIRES.find((one) => one.serves(path));
    if (!wire) return send(response, json(404, { error: { message: `nothing at ${path}` } }));
    const call = { path, body: JSON.parse(text) as JsonObject };
    const [task, refusal] = [taskIn(text), this.#refusal(wire, call, text)];
    await pause(THINKS_MS);
    if (refusal) {
      this.watch.refused(task, refusal.message);
      return send(response, wire === messages ? asAnthropic(refusal) : asOpenAi(refusal));
    }
    this.watch.answered(task);
    send(response, this.#answer(wire, call));
  }

  #refusal(wire: Wire, call: Call, text: string): Refusal | undefined {
    if (call.body['model'] !== this.model) return { message: `no model ${String(call.body['model'])}`, status: 404 };
    if (text.includes('bg1.')) return { message: 'a stamp reached the vendor' };
    if (wire === messages) return refusedByAnthropic(call.body, this.#signed);
    if (wire === responses) {
      return refusedByOpenAi(call.body, { encrypted: this.#encrypted, responses: this.#responses });
    }
    const message = wire.complaint(call) ?? withoutThoughts(call.body);
    return message === undefined ? settingRefused(call.body) : { message };
  }

  #answer(wire: Wire, call: Call): Reply {
    const n = `${this.name}${++this.#made}`;
    const isAnthropic = wire === messages;
    const said = saidTo(wire.heard(call), (at) => `${isAnthropic ? 'toolu_01' : 'call_'}${n}${at}`);
    const reply = wire.isStream(call) ? wire.stream(said, call) : wire.whole(said, call);
    const [signature, encrypted] = [`EqQB${sealed()}==`, `gAAAAB${sealed()}`];
    const { thought } = said;
    if (thought !== undefined) {
      this.#signed.set(signature, thought);
      this.#encrypted.add(encrypted);
    }
    this.#responses.add(`resp_${n}`);
    const own = [
      ['EqQBCgIYAhIM', signature],
      ['gAAAAB', encrypted],
      ['resp_1', `resp_${n}`],
      ['rs_1', `rs_${n}`],
      ['msg_1', `msg_${n}`],
      ['fc_0', `fc_${n}0`],
      ['fc_1', `fc_${n}1`],
    ] as const;
    const marked = (text: string) =>
      own.reduce((result, [from, to]) => result.replaceAll(`"${from}"`, `"${to}"`), text);
    return { ...reply, body: reply.body.map((part) => marked(String(part))) };
  }
}

/** As models of DeepSeek, which think aloud: in the turn that goes on they want to read their own thoughts. */
function withoutThoughts(body: JsonObject): string | undefined {
  const turns = objectsIn(body['messages']);
  const turn = turns.slice(turns.findLastIndex(({ role }) => role === 'user') + 1);
  const isMissing = turn.some((message) => message['tool_calls'] !== undefined && !message['reasoning_content']);
  return isMissing ? 'The `reasoning_content` in the thinking mode must be passed back to the API.' : undefined;
}

function sealed(): string {
  return randomBytes(96).toString('base64url');
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, headers);
  for (const part of body) response.write(part);
  response.end();
}
