/** Of `hits` among `tries`, each a hit with probability `p`. */
function binomial(tries: number, hits: number, p: number): number {
  let chance = p ** hits * (1 - p) ** (tries - hits);
  for (let i = 1; i <= hits; i++) chance *= (tries - hits + i) / i;
  return chance;
}

/** What `value` is expected to be after so many tries, summed over everything that can happen. */
export function expectation(tries: number, p: number, value: (hits: number, misses: number) => number): number {
  let sum = 0;
  for (let hits = 0; hits <= tries; hits++) sum += binomial(tries, hits, p) * value(hits, tries - hits);
  return sum;
}

/** Chance that `alarm` is true at any of the looks after each of so many tries: exact, by walking all paths at once. */
export function chanceOfEver(tries: number, p: number, alarm: (hits: number, misses: number) => boolean): number {
  let quiet = [1];
  let rung = 0;
  for (let n = 1; n <= tries; n++) {
    const next = Array.from({ length: n + 1 }, (_, hits) => (quiet[hits] ?? 0) * (1 - p) + (quiet[hits - 1] ?? 0) * p);
    quiet = next.map((chance, hits) => {
      if (!alarm(hits, n - hits)) return chance;
      rung += chance;
      return 0;
    });
  }
  return rung;
}
