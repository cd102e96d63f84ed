import { logStartsEvidence, type ClaimCounts } from '../../lib/analysis/evidence/starts.js';
import { mixStrata, type StrataEvidence } from '../../lib/analysis/evidence/strata.js';
import { fixedStrata } from '../../lib/domain/strata.js';
import { UnitStarts } from '../../lib/kit/unit-starts.js';

/** The place a failure is counted at. */
export interface Place {
  /** 32 bits; −1: a unit of its own. */
  readonly unit: number;
  readonly isCanary: boolean;
  readonly start: number;
  readonly share: number;
}

interface Cell extends ClaimCounts {
  canary: number;
  baseline: number;
}

/** Failures of one kind, each unit once for each starting point. */
export class Comparison {
  readonly #units = new UnitStarts();
  readonly #cells = new Map<string, Cell>();
  #log: number | undefined = 0;

  /** Whether the failure counts. */
  count({ unit, isCanary, start, share }: Place): boolean {
    const previous = unit < 0 ? -1 : this.#units.claim(unit, start);
    if (previous === undefined) return false;
    const key = `${previous}:${start}:${share}`;
    let cell = this.#cells.get(key);
    if (!cell) this.#cells.set(key, (cell = { previous, start, share, canary: 0, baseline: 0 }));
    cell[isCanary ? 'canary' : 'baseline']++;
    this.#log = undefined;
    return true;
  }

  get claims(): ClaimCounts[] {
    return [...this.#cells.values()];
  }

  get log(): number {
    return (this.#log ??= logStartsEvidence(this.#cells.values(), 1).log);
  }
}

/** The same of all traffic and of its parts. */
export class StratifiedComparison {
  readonly #all = new Comparison();
  readonly #strata = new Map<string, Comparison>();

  constructor(private readonly names: readonly string[] = fixedStrata(false)) {}

  count(place: Place, strata: readonly string[]): boolean {
    let counts = this.#all.count(place);
    for (const name of strata) {
      if (!this.names.includes(name)) continue;
      let comparison = this.#strata.get(name);
      if (!comparison) this.#strata.set(name, (comparison = new Comparison()));
      if (comparison.count(place)) counts = true;
    }
    return counts;
  }

  read(): StrataEvidence {
    const logs = Object.fromEntries([...this.#strata].map(([name, comparison]) => [name, comparison.log]));
    return mixStrata(this.#all.log, logs, this.names);
  }
}

/**
 * The most that evidence can be by now. A failure of the canary multiplies it by 1 / share at most, one of the live
 * environment lowers it: most of them need no look. Exact: nothing is decided otherwise.
 */
export class Bound {
  #atMost = 0;

  constructor(private readonly needed: number) {}

  /** A unit of the canary failed. Whether it reverts. */
  isReached(share: number, read: () => number): boolean {
    this.#atMost -= Math.log(share);
    if (this.#atMost < this.needed) return false;
    this.#atMost = read();
    return this.#atMost >= this.needed;
  }
}
