export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A JSON object that somebody else wrote: nothing is known of its fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads of JSON that came from somebody else: the value when it has the type, else `undefined`. */

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(json: JsonObject, key: string) {
  const value = json[key];
  return isObject(value) ? value : undefined;
}

export function stringAt(json: JsonObject, key: string): string | undefined {
  const value = json[key];
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(json: JsonObject, key: string): number | undefined {
  const value = json[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/**
 * Whether a value has more than so many levels of objects and lists. With a stack of its own: a caller may nest a body deeper
 * than calls can be.
 */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= levels) return true;
    level = level.flatMap((part) => Object.values(part).filter(isContainer));
  }
  return false;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Parsed JSON, or `undefined` for text that is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
