import { isObject, parseJson } from '../kit/json.js';
import type { Dialect } from '../upstream/dialects/dialect.js';
import type { ToolCallPiece } from '../upstream/dialects/readings.js';

/** A tool that an answer calls. */
export interface ToolCall {
  readonly name: string;
  /** As the model wrote them: a JSON object, when they are sound. Empty for a tool that takes none. */
  readonly arguments: string;
}

interface OpenCall {
  id: string | undefined;
  name: string;
  /** The arguments as far as they have come: JSON. */
  args: string;
}

/** Tool calls of an answer that are told apart. */
const MAX_CALLS = 128;

/**
 * Reads which tools an answer calls, whole or streamed. Arguments are kept until the end of the answer and then
 * reduced to their keys.
 */
export class ToolCallReader {
  readonly #calls: OpenCall[] = [];
  /** By the number that the provider gives it: what pieces under that number belong to. */
  readonly #open = new Map<number, OpenCall>();
  #size = 0;

  constructor(private readonly dialect: Dialect) {}

  /** Characters held. */
  get size(): number {
    return this.#size;
  }

  /** One call each, as `name(key,key)`, sorted: the order of parallel calls means nothing. */
  get signatures(): readonly string[] {
    return this.#calls.map(({ name, args }) => `${name}(${keysOf(args)})`).toSorted();
  }

  /** In their order. */
  get calls(): readonly ToolCall[] {
    return this.#calls.map(({ name, args }) => ({ name, arguments: args }));
  }

  readAnswer(json: unknown): void {
    if (isObject(json)) this.#add(this.dialect.toolCalls?.inAnswer(json));
  }

  readEvent(data: string): void {
    this.#add(this.dialect.toolCalls?.inEvent(data));
  }

  #add(pieces: readonly ToolCallPiece[] = []): void {
    for (const { index, id, name, args, continues, replaces } of pieces) {
      const call = continues ? this.#open.get(index) : this.#callAt(index, id);
      if (!call) continue;
      const before = call.name.length + call.args.length;
      call.name = replaces ? name : call.name + name;
      call.args = replaces ? args : call.args + args;
      this.#size += call.name.length + call.args.length - before;
    }
  }

  /** Some providers number nothing, or number every call alike: another id is another call. */
  #callAt(index: number, id: string | undefined): OpenCall | undefined {
    const open = this.#open.get(index);
    if (open && (!id || (open.id ??= id) === id)) return open;
    const known = id ? this.#calls.find((call) => call.id === id) : undefined;
    if (!known && this.#calls.length >= MAX_CALLS) return undefined;
    const call = known ?? { id: id || undefined, name: '', args: '' };
    if (!known) this.#calls.push(call);
    this.#open.set(index, call);
    return call;
  }
}

function keysOf(args: string): string {
  const json = args === '' ? {} : parseJson(args);
  return isObject(json) ? Object.keys(json).toSorted().join(',') : 'not JSON';
}
