import { RouteTable } from './route-table.js';

/**
 * The one place where the request path finds the current {@link RouteTable}. A change is a single reference
 * that is replaced: requests under way keep the table they read.
 */
export class LiveRouteTable {
  #current = RouteTable.empty;

  get current(): RouteTable {
    return this.#current;
  }

  swap(next: RouteTable): void {
    this.#current = next;
  }
}
