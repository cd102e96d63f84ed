import { sumOfUsages, type PriceOf, type Usage } from '../domain/usage.js';
import type { Target } from '../routing/route-table.js';

/** What an answer has used and cost, piece by piece: each at the price of the version that gave it. */
export class Bill {
  #usage: Usage | undefined;
  /** US dollars, until a piece of it has no known price. */
  #cost: number | undefined = 0;

  constructor(private readonly priceOf: PriceOf) {}

  /** Over all pieces; `undefined` while nobody has counted. */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** US dollars over all pieces; `undefined` when nobody knows. */
  get cost(): number | undefined {
    return this.#usage && this.#cost;
  }

  /** @returns what this piece alone costs, US dollars. */
  add(usage: Usage | undefined, by: Target | undefined): number | undefined {
    if (!usage) return undefined;
    const cost = by && this.priceOf(by.version.model, usage);
    this.#usage = this.#usage ? sumOfUsages([this.#usage, usage]) : usage;
    this.#cost = this.#cost === undefined || cost === undefined ? undefined : this.#cost + cost;
    return cost;
  }
}
