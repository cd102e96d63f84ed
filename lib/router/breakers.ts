import type { Target } from '../routing/route-table.js';
import type { SharedWaits } from '../telemetry/shared-waits.js';
import { CircuitBreaker, type BreakerOptions } from './circuit-breaker.js';

/** Breakers that are kept; beyond it the one that was not used for longest is forgotten. */
const MAX_BREAKERS = 1_024;

/** One breaker per route, environment and version: a new version begins with a clean slate. */
export class Breakers {
  readonly #breakers = new Map<string, CircuitBreaker>();

  /** @param waits rate limits of the other replicas; without, each knows its own. */
  constructor(
    private readonly optionsOf: (route: string) => BreakerOptions | false,
    private readonly waits?: SharedWaits,
  ) {}

  /** `undefined` when the route has its breakers switched off. */
  get(route: string, { environment, version }: Target): CircuitBreaker | undefined {
    const key = keyOf(route, environment, version.tag);
    const options = this.optionsOf(route);
    if (!options) return undefined;
    const breaker = this.#breakers.get(key) ?? this.#begin(key, options);
    // To the end of the line: the one at its front is forgotten first.
    this.#breakers.delete(key);
    this.#breakers.set(key, breaker);
    if (this.#breakers.size > MAX_BREAKERS) this.#breakers.delete(this.#breakers.keys().next().value!);
    return breaker;
  }

  /** Whether the environment is left alone now. Begins no breaker, and keeps none from being forgotten. */
  isOpen(route: string, { environment, version }: Target): boolean {
    const key = keyOf(route, environment, version.tag);
    return (this.#breakers.get(key)?.isOpen ?? false) || (this.waits?.isWaiting(key) ?? false);
  }

  #begin(key: string, options: BreakerOptions): CircuitBreaker {
    const { waits } = this;
    const ofThis = waits && {
      report: (ms: number) => waits.report(key, ms),
      isWaiting: () => waits.isWaiting(key),
    };
    return new CircuitBreaker(options, undefined, ofThis);
  }
}

function keyOf(route: string, environment: string, tag: string): string {
  return `${route}/${environment}@${tag}`;
}
