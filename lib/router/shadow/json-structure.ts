import { parseJson } from '../../upstream/json.js';

/** Values that are looked at, and how deep: beyond it two structures count by what was seen. */
const MAX_VALUES = 5_000;
const MAX_DEPTH = 32;
const FENCE = '```';

/**
 * Keys and types of a text that is a JSON object or list, one line each; `undefined` for any other text. Elements
 * of a list share a path: how many there are makes no difference.
 */
export function jsonStructure(text: string): string | undefined {
  const json = unfenced(text.trim());
  if (!json.startsWith('{') && !json.startsWith('[')) return undefined;
  const value = parseJson(json);
  if (value === undefined) return undefined;
  const lines = new Set<string>();
  let left = MAX_VALUES;
  const walk = (at: unknown, path: string, depth: number): void => {
    if (left-- <= 0 || depth > MAX_DEPTH) return;
    lines.add(`${path}:${typeOf(at)}`);
    if (Array.isArray(at)) for (const item of at) walk(item, `${path}[]`, depth + 1);
    else if (typeof at === 'object' && at !== null) {
      for (const [key, child] of Object.entries(at)) walk(child, `${path}.${key}`, depth + 1);
    }
  };
  walk(value, '$', 0);
  return [...lines].toSorted().join('\n');
}

/** What stands between fences that say `json` or nothing. Answers are long: a pattern would go over them again and again. */
function unfenced(text: string): string {
  const firstLine = text.indexOf('\n');
  if (!text.startsWith(FENCE) || !text.endsWith(FENCE) || firstLine < 0) return text;
  const kind = text.slice(FENCE.length, firstLine).trim();
  return kind === '' || kind === 'json' ? text.slice(firstLine, -FENCE.length).trim() : text;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
