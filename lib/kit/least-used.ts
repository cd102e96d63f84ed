/** The part of an entry that shows which one was idle longest. */
export interface Placed {
  /** Rises with every use of the table. */
  used: number;
  /** `used` when the entry was put at the end of the queue. */
  placed: number;
}

/** Entries that one eviction may pass over. */
const MOST_PASSED = 64;

/**
 * The entry to let go of: the first of the queue that was not used since it was put there; those before it go to the
 * end. Each use moves an entry once at most, so that an eviction costs about as much as the uses before it.
 *
 * @param queue by age of place: a `Map` or a `Set` keeps that order.
 */
export function leastUsed<T extends Placed>(queue: Set<T>): T | undefined {
  let passed = 0;
  for (const entry of queue) {
    if (entry.used === entry.placed || passed >= MOST_PASSED) return entry;
    passed++;
    entry.placed = entry.used;
    queue.delete(entry);
    queue.add(entry);
  }
  return queue.values().next().value;
}
