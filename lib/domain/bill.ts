import { sumOfUsages, type Usage } from './usage.js';

/** The usage and the cost of an answer, part by part: each at the price of the model that gave it. */
export class Bill {
  #usage: Usage | undefined;
  /** US dollars, until a part has no known price. */
  #cost: number | undefined = 0;

  /** Over all parts; `undefined` while no tokens were counted. */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** US dollars over all parts; `undefined` when the price of one is not known. */
  get cost(): number | undefined {
    return this.#usage && this.#cost;
  }

  /** @returns what this part alone costs, US dollars. */
  add(usage: Usage | undefined, cost: number | undefined): number | undefined {
    if (!usage) return undefined;
    this.#usage = this.#usage ? sumOfUsages([this.#usage, usage]) : usage;
    this.#cost = this.#cost === undefined || cost === undefined ? undefined : this.#cost + cost;
    return cost;
  }
}
