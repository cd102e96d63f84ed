import type { Clock } from '../kit/clock.js';
import type { Target } from '../routing/route-table.js';
import { ByPlace } from '../telemetry/by-place.js';
import type { Openings } from '../telemetry/openings.js';
import type { SharedWaits } from '../telemetry/shared-waits.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { BreakerSettings } from './last-calls.js';

/**
 * Breakers that are kept: at least, and per environment. Beyond it the one that was unused for longest is forgotten.
 */
const LEAST_BREAKERS = 1_024;
const PER_ENVIRONMENT = 4;

/** One breaker per route, environment and version: a new version begins with a clean slate. */
export class Breakers {
  readonly #breakers: ByPlace<CircuitBreaker | undefined>;

  /**
   * @param waits rate limits that other replicas met. Without it each replica knows its own.
   * @param openings gets every opening, and every call that an open breaker refuses.
   * @param environments that are configured: the bound follows them.
   */
  constructor(
    private readonly optionsOf: (route: string) => BreakerSettings | false,
    private readonly clock: Clock,
    private readonly waits?: SharedWaits,
    private readonly openings?: Openings,
    environments = 0,
  ) {
    const room = Math.max(LEAST_BREAKERS, PER_ENVIRONMENT * environments);
    this.#breakers = new ByPlace(room, (route, environment, version) => this.#begin(route, environment, version));
  }

  /** `undefined` when breakers are switched off for the route. */
  get(route: string, { environment, version }: Target): CircuitBreaker | undefined {
    return this.#breakers.get(route, environment, version.tag);
  }

  /** Whether the environment is not asked now. Looking creates no breaker and does not count as use. */
  isOpen(route: string, { environment, version: { tag } }: Target): boolean {
    const isWaiting = this.waits?.isWaiting(keyOf(route, environment, tag)) ?? false;
    return isWaiting || (this.#breakers.peek(route, environment, tag)?.isOpen ?? false);
  }

  /** Whether the environment is left alone because it has failed. A rate limit passes. */
  isFailing(route: string, { environment, version: { tag } }: Target): boolean {
    return this.#breakers.peek(route, environment, tag)?.isFailing ?? false;
  }

  /** Asks the environment again, whatever it has failed before: people have given it traffic, or another version. */
  close(route: string, environment: string): void {
    this.#breakers.forget(route, environment);
  }

  #begin(route: string, environment: string, version: string): CircuitBreaker | undefined {
    const options = this.optionsOf(route);
    if (!options) return undefined;
    const { waits } = this;
    const key = keyOf(route, environment, version);
    const ofThis = waits && {
      report: (ms: number) => waits.report(key, ms),
      isWaiting: () => waits.isWaiting(key),
    };
    return new CircuitBreaker(options, this.clock, ofThis, () => this.openings?.note(route, environment, version));
  }
}

function keyOf(route: string, environment: string, tag: string): string {
  return `${route}/${environment}@${tag}`;
}
