import { parseJson } from '../kit/json.js';

/** Values that are read, and how deep. The rest of larger structures is not compared. */
const MAX_VALUES = 5_000;
const MAX_DEPTH = 32;
const FENCE = '```';

/** The types that occur at one place of a value. The elements of a list share a place. */
class Place {
  readonly #types = new Set<string>();
  readonly #places = new Map<string, Place>();

  sees(value: unknown): void {
    this.#types.add(typeOf(value));
  }

  /** @param name a key as JSON writes it, or `[]`. */
  at(name: string): Place {
    let place = this.#places.get(name);
    if (!place) this.#places.set(name, (place = new Place()));
    return place;
  }

  /** One line per place, with its own name only: whole paths would repeat a long key for everything below it. */
  write(name: string, depth: number, lines: string[]): void {
    lines.push(`${' '.repeat(depth)}${name}:${[...this.#types].toSorted().join('|')}`);
    const names = [...this.#places.keys()].toSorted();
    for (const below of names) this.at(below).write(below, depth + 1, lines);
  }
}

/**
 * Keys and types of a text that is a JSON object or list, one line per place; `undefined` for any other text. The
 * number of elements in a list makes no difference. The cost is linear in the length of the text.
 */
export function jsonStructure(text: string): string | undefined {
  const json = unfenced(text.trim());
  if (!json.startsWith('{') && !json.startsWith('[')) return undefined;
  const value = parseJson(json);
  if (value === undefined) return undefined;
  let left = MAX_VALUES;
  const walk = (at: unknown, place: Place, depth: number): void => {
    left--;
    place.sees(at);
    if (depth === MAX_DEPTH) return;
    const children = Array.isArray(at) ? at : typeof at === 'object' && at !== null ? Object.entries(at) : [];
    for (const child of children) {
      if (left <= 0) return;
      if (Array.isArray(at)) walk(child, place.at('[]'), depth + 1);
      else walk(child[1], place.at(JSON.stringify(child[0])), depth + 1);
    }
  };
  const root = new Place();
  walk(value, root, 0);
  const lines: string[] = [];
  root.write('$', 0, lines);
  return lines.join('\n');
}

/**
 * The text between fences marked `json` or unmarked. Answers are long: a regular expression could backtrack for long.
 */
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
