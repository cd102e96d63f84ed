import type { Counters } from './tally.js';
import type { UnitClaim } from './unit-claims.js';

interface Kind {
  readonly epoch: number;
  /** Units whose hash is not a multiple of 2 to this power are not counted. */
  level: number;
  /** Hash of a unit → starting point of its last event. */
  readonly starts: Map<number, number>;
}

const MAX_LEVEL = 20;

/** Units that were counted, by kind. Of a kind only the newest epoch is kept; too many units are thinned. */
export class KnownUnits {
  readonly #kinds = new Map<string, Kind>();

  /** @returns what the claim adds to its sum, nothing if the unit was counted, and the level of the sum. */
  claim({ among, epoch, hash, start, most }: UnitClaim): { counted: Counters; level: number } {
    const kind = this.#kind(among, epoch);
    if (!kind) return { counted: {}, level: 0 };
    if (!isKept(hash, kind)) return { counted: {}, level: kind.level };
    const previous = kind.starts.get(hash) ?? -1;
    if (start <= previous) return { counted: {}, level: kind.level };
    if (previous === -1) while (kind.starts.size >= most && kind.level < MAX_LEVEL) thin(kind);
    if (!isKept(hash, kind)) return { counted: {}, level: kind.level };
    kind.starts.set(hash, start);
    const units = previous === -1 ? { units: 2 ** kind.level } : {};
    return { counted: { [`events:${previous}>${start}`]: 1, ...units }, level: kind.level };
  }

  /** `undefined` for an epoch that is over. */
  #kind(among: string, epoch: number): Kind | undefined {
    const known = this.#kinds.get(among);
    if (known && known.epoch >= epoch) return known.epoch === epoch ? known : undefined;
    const kind = { epoch, level: 0, starts: new Map<number, number>() };
    this.#kinds.set(among, kind);
    return kind;
  }
}

function isKept(hash: number, { level }: Kind): boolean {
  return hash % 2 ** level === 0;
}

function thin(kind: Kind): void {
  kind.level++;
  for (const hash of kind.starts.keys()) if (!isKept(hash, kind)) kind.starts.delete(hash);
}
