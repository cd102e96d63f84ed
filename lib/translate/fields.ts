import { isObject, type JsonObject } from '../kit/json.js';

/** A request says something that the other format has no words for. Nothing was sent. */
export class Untranslatable extends Error {
  /** @param field its path in the request as the caller wrote it: `messages[2].content[0].input_audio`. */
  constructor(readonly field: string) {
    super(`"${field}" cannot be carried over to the format of this environment`);
    this.name = 'Untranslatable';
  }
}

/** Where in the caller's request a part of the prompt stood. Prompts live as long as their call. */
const ORIGINS = new WeakMap<object, string>();

/** Remembers the place of a part. */
export function from<T extends object>(path: string, part: T): T {
  ORIGINS.set(part, path);
  return part;
}

/** A part of the prompt that cannot be carried over. */
export function cannotCarry(part: object, fallback: string): Untranslatable {
  return new Untranslatable(ORIGINS.get(part) ?? fallback);
}

/**
 * The fields of a request, taken one by one. A field that nobody took is one that would be lost: {@link done} refuses
 * it. `null` is the same as a field that is left out.
 */
export class Fields {
  readonly #left: Map<string, unknown>;

  /** @param dropped gets the paths of hints that are left behind. */
  constructor(
    json: JsonObject,
    readonly path: string,
    readonly dropped: string[],
  ) {
    this.#left = new Map(Object.entries(json).filter(([, value]) => value !== undefined && value !== null));
  }

  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  take(name: string): unknown {
    const value = this.#left.get(name);
    this.#left.delete(name);
    return value;
  }

  text(name: string): string | undefined {
    return this.#typed(name, (value): value is string => typeof value === 'string');
  }

  number(name: string): number | undefined {
    return this.#typed(name, (value): value is number => typeof value === 'number');
  }

  flag(name: string): boolean | undefined {
    return this.#typed(name, (value): value is boolean => typeof value === 'boolean');
  }

  texts(name: string): string[] | undefined {
    return this.#typed(name, (value): value is string[] =>
      Array.isArray(value) ? value.every((item) => typeof item === 'string') : false,
    );
  }

  object(name: string): Fields | undefined {
    const value = this.#typed(name, isObject);
    return value && new Fields(value, this.at(name), this.dropped);
  }

  plain(name: string): JsonObject | undefined {
    return this.#typed(name, isObject);
  }

  list(name: string): Fields[] | undefined {
    return this.#typed(name, (value): value is JsonObject[] => Array.isArray(value) && value.every(isObject))?.map(
      (item, index) => new Fields(item, `${this.at(name)}[${index}]`, this.dropped),
    );
  }

  /** Whether the field is there and is a list. */
  isList(name: string): boolean {
    return Array.isArray(this.#left.get(name));
  }

  isText(name: string): boolean {
    return typeof this.#left.get(name) === 'string';
  }

  /** These belong to the transport, or say what holds anyway. */
  skip(...names: readonly string[]): void {
    for (const name of names) this.#left.delete(name);
  }

  /** These change no word of the answer: where a request is cached, who is billed. They stay behind with a warning. */
  hints(...names: readonly string[]): void {
    for (const name of names) if (this.#left.delete(name)) this.dropped.push(this.at(name));
  }

  /** The field may only have this value, which says nothing. */
  only(name: string, ...values: readonly unknown[]): void {
    const value = this.take(name);
    if (value !== undefined && !values.includes(value)) throw this.refuse(name);
  }

  refuse(name: string): Untranslatable {
    return new Untranslatable(this.at(name));
  }

  /** @throws {Untranslatable} when a field is left. */
  done(): void {
    for (const name of this.#left.keys()) throw this.refuse(name);
  }

  #typed<T>(name: string, is: (value: unknown) => value is T): T | undefined {
    const value = this.take(name);
    if (value === undefined || is(value)) return value;
    throw this.refuse(name);
  }
}

/** An object without the fields that are `undefined`. */
export function known<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
