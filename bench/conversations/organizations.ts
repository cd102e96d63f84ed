import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject, stringAt, type JsonObject } from '../../lib/kit/json.js';
import { objectsIn } from '../../lib/upstream/dialects/request-parts.js';
import type { Said } from '../vendors/exercise.js';
import { chat } from '../vendors/wires/chat.js';
import { messages } from '../vendors/wires/messages.js';
import { responses } from '../vendors/wires/responses.js';
import { json, type Reply, type Wire } from '../vendors/wires/wire.js';
import { LocalServer } from '../measured/local-server.js';

const WIRES: readonly Wire[] = [messages, responses, chat];

/** Values of our own fakes that only their maker can read, in every format. */
const STATE = { signed: 'EqQBCgIYAhIM', sealed: 'gAAAAB', resp: 'resp_1', rs: 'rs_1', msg: 'msg_1' };

/**
 * Two organizations at one address, told apart by the environment that asks. Each refuses state
 * that the other has made, as vendors do; both refuse tool calls in mid-turn whose thoughts are missing. Every answer
 * says how many turns of its conversation it knows.
 */
export class Organizations {
  /** Requests that were refused, by reason. */
  readonly refused = new Map<string, number>();
  readonly answered = new Map<string, number>();
  /** Turns that stand behind each response that is kept. */
  readonly #kept = new Map<string, number>();
  #made = 0;

  #server: LocalServer | undefined;

  static async start(): Promise<Organizations> {
    const one = new Organizations();
    one.#server = await LocalServer.start((request, text, response) => one.#serve(request, text, response));
    return one;
  }

  get baseUrl(): string {
    return `${this.#server!.origin}/v1`;
  }

  get refusals(): number {
    return [...this.refused.values()].reduce((sum, count) => sum + count, 0);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async #serve(request: IncomingMessage, text: string, response: ServerResponse): Promise<void> {
    const models = ['blue-model', 'green-model'].map((id) => ({ id, object: 'model' }));
    const isList = request.method === 'GET';
    const reply = isList
      ? json(200, { object: 'list', data: models })
      : this.#reply(request.url ?? '', String(request.headers['x-environment']), text);
    response.writeHead(reply.status, reply.headers);
    for (const part of reply.body) response.write(part);
    response.end();
  }

  #reply(path: string, org: string, text: string): Reply {
    const wire = WIRES.find((one) => one.serves(path))!;
    const call = { path, body: JSON.parse(text) as JsonObject };
    const reason = this.#foreign(org, text) ?? wire.complaint(call) ?? withoutThoughts(call.body);
    if (reason !== undefined) {
      this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
      return json(400, { error: { message: reason, type: 'invalid_request_error', code: 'foreign_state' } });
    }
    this.answered.set(org, (this.answered.get(org) ?? 0) + 1);
    const n = ++this.#made;
    const turns = turnsIn(call.body) + (this.#kept.get(stringAt(call.body, 'previous_response_id') ?? '') ?? 0);
    this.#kept.set(`resp_${org}_${n}`, turns);
    const said = saidAfter(turns, `call_${org}_${n}`);
    const reply = wire.isStream(call) ? wire.stream(said, call) : wire.whole(said, call);
    return { ...reply, body: reply.body.map((part) => marked(String(part), org, n)) };
  }

  #foreign(org: string, text: string): string | undefined {
    if (text.includes('bg1.')) return 'a stamp reached the vendor';
    const marks = [...text.matchAll(/"(?:resp|sealed|signed|rs|msg)_([a-z]+)_\d+"/g)];
    return marks.every(([, maker]) => maker === org) ? undefined : 'made by another organization';
  }
}

/** Every other answer calls a tool: the next turn brings its result. */
function saidAfter(turns: number, id: string): Said {
  const calls = turns % 2 === 1;
  return {
    thought: `thought ${turns}`,
    text: `knows ${turns}`,
    uses: calls ? [{ id, name: 'look', args: { turn: turns } }] : [],
    end: calls ? 'tools' : 'stop',
    tokens: { input: 20, cached: 0, output: 8, reasoning: 2 },
  };
}

function marked(text: string, org: string, n: number): string {
  return Object.entries(STATE).reduce(
    (result, [kind, value]) => result.replaceAll(`"${value}"`, `"${kind}_${org}_${n}"`),
    text,
  );
}

/** Questions, and results of tools. */
function turnsIn({ messages: list, input }: JsonObject): number {
  const items = objectsIn(list ?? input);
  return items.filter(({ role, type }) => role === 'user' || role === 'tool' || type === 'function_call_output').length;
}

/** A model that thinks refuses the calls of the turn that it is in without the thoughts that led to them. */
function withoutThoughts({ thinking, messages: list }: JsonObject): string | undefined {
  const turns = objectsIn(list);
  const isResult = objectsIn(turns.at(-1)?.['content']).some(({ type }) => type === 'tool_result');
  if (!isObject(thinking) || !isResult) return undefined;
  const [first] = objectsIn(turns.at(-2)?.['content']);
  return first && stringAt(first, 'type') === 'thinking' ? undefined : 'a call of a tool without its thoughts';
}

/** The turns that an answer says it knows. */
export function known(text: string): number {
  return Number(/knows (\d+)/.exec(text)?.[1]);
}
