import { isObject, numberAt, objectAt, parseJson, stringAt } from '../kit/json.js';
import type { JsonObject } from '../upstream/dialects/dialect.js';

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
/** Cheap look at an event before it is parsed: most carry text alone. */
const MAY_HOLD_CALL = /tool_|function_call|input_json_delta/;

/**
 * Reads which tools an answer calls, by the shapes of OpenAI's chat and responses and of Anthropic's messages,
 * whole or streamed. Arguments are kept until the end of the answer and then reduced to their keys.
 */
export class ToolCallReader {
  readonly #calls: OpenCall[] = [];
  /** By the number that the provider gives it: what pieces under that number belong to. */
  readonly #open = new Map<number, OpenCall>();
  #size = 0;

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
    if (!isObject(json)) return;
    const message = objectAt(first(json['choices']), 'message');
    const items = [...list(message?.['tool_calls']), ...list(json['content']), ...list(json['output'])];
    items.forEach((item, index) => this.#readItem(index, item));
  }

  readEvent(data: string): void {
    if (!MAY_HOLD_CALL.test(data)) return;
    const json = parseJson(data);
    if (!isObject(json)) return;
    const delta = objectAt(first(json['choices']), 'delta');
    if (delta) {
      for (const item of list(delta['tool_calls'])) this.#readItem(numberAt(item, 'index') ?? 0, item);
      return;
    }
    const index = numberAt(json, 'index') ?? numberAt(json, 'output_index') ?? 0;
    switch (json['type']) {
      case 'content_block_start':
        this.#readItem(index, objectAt(json, 'content_block') ?? {});
        break;
      case 'content_block_delta':
        if (this.#open.has(index)) this.#add(index, '', stringAt(objectAt(json, 'delta') ?? {}, 'partial_json') ?? '');
        break;
      case 'response.output_item.done':
        this.#readItem(index, objectAt(json, 'item') ?? {});
    }
  }

  #readItem(index: number, item: JsonObject): void {
    const call = objectAt(item, 'function');
    if (call) this.#add(index, stringAt(call, 'name') ?? '', stringAt(call, 'arguments') ?? '', stringAt(item, 'id'));
    else if (item['type'] === 'function_call') {
      this.#add(index, stringAt(item, 'name') ?? '', stringAt(item, 'arguments') ?? '');
    } else if (item['type'] === 'tool_use') {
      const input = objectAt(item, 'input') ?? {};
      // A streamed block begins with an empty object, and its keys follow in pieces.
      this.#add(index, stringAt(item, 'name') ?? '', Object.keys(input).length > 0 ? JSON.stringify(input) : '');
    }
  }

  #add(index: number, name: string, args: string, id?: string): void {
    const call = this.#callAt(index, id);
    if (!call) return;
    call.name += name;
    call.args += args;
    this.#size += name.length + args.length;
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

function first(value: unknown): JsonObject {
  return list(value)[0] ?? {};
}

function list(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
