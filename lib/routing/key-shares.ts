/** Requests that are looked at together. */
const ROUND = 1_000;

/** Told when one key stands for most of a route. */
export type OnWideKey = (route: string, requests: number, source: string) => void;

/**
 * Notices a sticky key that more than half of a route's requests carry, such as one session id for a whole app: it
 * sends them all to one environment, whatever the weights say. Remembers at most one round of requests for each route,
 * and nothing after its one warning.
 */
export class KeyShares {
  readonly #rounds = new Map<string, { requests: number; readonly byUnit: Map<number, number> } | 'warned'>();

  constructor(private readonly onWideKey: OnWideKey) {}

  /** @param unit the hash of the request's key; `undefined` for one without. */
  saw(route: string, unit: number | undefined, source = ''): void {
    let round = this.#rounds.get(route);
    if (round === 'warned') return;
    if (!round || round.requests === ROUND) this.#rounds.set(route, (round = { requests: 0, byUnit: new Map() }));
    round.requests++;
    if (unit === undefined) return;
    const seen = (round.byUnit.get(unit) ?? 0) + 1;
    round.byUnit.set(unit, seen);
    if (seen <= ROUND / 2) return;
    this.#rounds.set(route, 'warned');
    this.onWideKey(route, round.requests, source);
  }
}
