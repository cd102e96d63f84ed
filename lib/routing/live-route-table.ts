import { RouteTable } from './route-table.js';

/**
 * Holds the current {@link RouteTable} for the request path. A change replaces one reference: running requests keep the
 * table that they read.
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
