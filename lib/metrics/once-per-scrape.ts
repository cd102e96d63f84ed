/**
 * Caches a value for one turn of the event loop: a scrape reads all metrics in one turn, and several of them need the
 * same value.
 */
export function oncePerScrape<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    if (known.size === 0) setImmediate(() => known.clear());
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key)!;
  };
}
