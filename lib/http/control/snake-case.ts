/** Objects whose keys are names that people gave: they stay as they are. */
const MAPS = new Set(['weights', 'environments', 'errorsByClass']);

/** Durations, which say so on the wire. */
const MILLISECONDS = /^((latency|timeToFirstToken)[A-Z]|figuresAge$)/;

/** A value of ours as it goes over the wire: keys in snake case, also further down. */
export function snakeCased(value: unknown, keepKeys = false): unknown {
  if (Array.isArray(value)) return value.map((item) => snakeCased(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [keepKeys ? key : snake(key), snakeCased(part, MAPS.has(key))]),
  );
}

function snake(key: string): string {
  const words = key.replace(/(?<=[a-z]{2})\d+|[A-Z]/g, (part) => `_${part.toLowerCase()}`);
  return MILLISECONDS.test(key) ? `${words}_ms` : words;
}
