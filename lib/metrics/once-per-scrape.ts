/**
 * All metrics of a scrape are asked in one turn of the event loop: what several of them are read from is computed once for
 * all, and forgotten after it.
 */
export function oncePerScrape<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    if (known.size === 0) setImmediate(() => known.clear());
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key)!;
  };
}
