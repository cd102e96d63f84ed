import type { CallWarning } from '../upstream/call-warning.js';

/** Kinds of warnings that are told apart. Further ones are counted under `other`. */
const MAX_KINDS = 500;

interface Kind {
  readonly route: string;
  readonly environment: string;
  readonly field: string;
  count: number;
}

/** Counts what environments did without, and tells the log once of each kind. */
export class WarningBook {
  readonly #kinds = new Map<string, Kind>();

  /** @param log gets a sentence the first time that a part of requests is left out by an environment of a route. */
  constructor(private readonly log: (sentence: string) => void) {}

  see(route: string, environment: string, warnings: readonly CallWarning[]): void {
    for (const { field, message } of warnings) {
      const kind = this.#kindOf(route, environment, field);
      if (kind.count++ === 0) this.log(`Route "${route}", "${environment}": ${message}.`);
    }
  }

  /** Since this process started. */
  get counts(): readonly Readonly<Kind>[] {
    return [...this.#kinds.values()];
  }

  #kindOf(route: string, environment: string, asked: string): Kind {
    const isFull = this.#kinds.size >= MAX_KINDS;
    const field = isFull && !this.#kinds.has(keyOf(route, environment, asked)) ? 'other' : asked;
    const key = keyOf(route, environment, field);
    let kind = this.#kinds.get(key);
    if (!kind) this.#kinds.set(key, (kind = { route, environment, field, count: 0 }));
    return kind;
  }
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
