/** Objects whose keys are names that people gave: they stay as they are. */
const MAPS = new Set(['weights', 'environments', 'errorsByClass']);

/** JSON that is not ours: what a version's author or a caller wrote, and what `replay` reads. It stays as it is. */
const FOREIGN = new Set(['metadata', 'values', 'content', 'basis']);

/** Durations, which say so on the wire. */
const MILLISECONDS = /^((latency|timeToFirstToken)[A-Z]|(figuresAge|needed)$)/;

/** A value of ours as every answer and every event has it: keys in snake case, at every depth. */
export function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== 'object' || value === null) return value;
  return mapped(value, (key, part) => [
    snake(key),
    FOREIGN.has(key) ? part : MAPS.has(key) ? kept(part) : snakeCased(part),
  ]);
}

/** The same for an object with names as keys; a list has none. */
function kept(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return snakeCased(value);
  return mapped(value, (key, part) => [key, snakeCased(part)]);
}

function mapped(value: object, entry: (key: string, part: unknown) => [string, unknown]): object {
  return Object.fromEntries(Object.entries(value).map(([key, part]) => entry(key, part)));
}

/** An object of a request under the names of options: in camel case, at every depth. Camel case stays. */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  return mapped(value, (key, part) => [
    key.replace(/(?<=[a-z])_[a-z]/g, ([, letter = '']) => letter.toUpperCase()),
    camelCased(part),
  ]);
}

/** The path of a problem, as the request has it. */
export function snakePath(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function snake(key: string): string {
  const words = key.replace(/(?<=[a-z]{2})\d+|[A-Z]/g, (part) => `_${part.toLowerCase()}`);
  return MILLISECONDS.test(key) ? `${words}_ms` : words;
}
