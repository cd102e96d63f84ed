import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  CountBreaker,
  handleWhen,
  isBrokenCircuitError,
  type CircuitBreakerPolicy,
  type IBackoffFactory,
} from 'cockatiel';
import { CONSEQUENCES, type FailureClass } from '../domain/outcome.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';

/** When an environment is no longer asked, and for how long. */
export interface BreakerOptions {
  /** Share of failures among the last calls that opens it, in (0, 1]. */
  readonly threshold: number;
  /** How many calls those are. */
  readonly size: number;
  /** Calls needed before it may open. */
  readonly minCalls: number;
  /** Milliseconds until one call may try again. */
  readonly halfOpenAfter: number;
}

/** Answers of 429 in a row, each with its wait, after which an environment is left alone for a while. */
const RATE_LIMITS_IN_A_ROW = 5;

/** Failures that come about without the environment: the library would take any that it is not told of for a recovery. */
const PROVES_NOTHING = new Set<FailureClass>(['client_abort', 'unsupported', 'budget']);

/**
 * Stops asking an environment that does not answer. Rate limits have a breaker of their own: they are no error of
 * the model, and they say themselves how long to wait. While one call tries whether the environment is back, the
 * others are told at once that it is not: nobody waits for somebody else's call.
 */
export class CircuitBreaker {
  readonly #failures: CircuitBreakerPolicy;
  readonly #rateLimits: CircuitBreakerPolicy;

  /** @param state what {@link toJSON} gave, to go on from there. */
  constructor(options: BreakerOptions, state?: BreakerState) {
    const { threshold, size, minCalls, halfOpenAfter } = options;
    this.#failures = circuitBreaker(
      handleWhen((error) =>
        failureOf(error, (failure) => CONSEQUENCES[failure].tripsBreaker || this.#triedInVain(failure)),
      ),
      {
        breaker: new CountBreaker({ threshold, size, minimumNumberOfCalls: minCalls }),
        halfOpenAfter,
        initialState: state?.failures,
      },
    );
    this.#rateLimits = circuitBreaker(
      handleWhen((error) => failureOf(error, (failure) => failure === 'rate_limited')),
      {
        breaker: new ConsecutiveBreaker(RATE_LIMITS_IN_A_ROW),
        halfOpenAfter: askedFor(halfOpenAfter),
        initialState: state?.rateLimits,
      },
    );
  }

  /** @throws {UpstreamFailure} of the call; or `circuit_open`, `rate_limited` when the call is not made. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#failures.state === CircuitState.HalfOpen) throw refusal('circuit_open');
    if (this.#rateLimits.state === CircuitState.HalfOpen) throw refusal('rate_limited');
    try {
      return await this.#rateLimits.execute(() => this.#failures.execute(call));
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      throw refusal(this.#failures.state === CircuitState.Closed ? 'rate_limited' : 'circuit_open');
    }
  }

  /** A stream that had begun well broke: counts as a failed call. */
  report(failure: UpstreamFailure): void {
    void this.run(() => Promise.reject(failure)).catch(() => {
      // What is reported is thrown back; whoever reports has it already.
    });
  }

  /** The call that was to try whether the environment is back never got to it. */
  #triedInVain(failure: FailureClass): boolean {
    return this.#failures.state === CircuitState.HalfOpen && PROVES_NOTHING.has(failure);
  }

  get isOpen(): boolean {
    return this.#failures.state !== CircuitState.Closed || this.#rateLimits.state !== CircuitState.Closed;
  }

  /** Plain JSON, to be kept over a restart. */
  toJSON(): BreakerState {
    return { failures: this.#failures.toJSON(), rateLimits: this.#rateLimits.toJSON() };
  }
}

/** What a breaker remembers. Opaque. */
export interface BreakerState {
  readonly failures: unknown;
  readonly rateLimits: unknown;
}

function failureOf(error: unknown, matches: (failure: FailureClass) => boolean): boolean {
  return error instanceof UpstreamFailure && matches(error.failure);
}

function refusal(failure: 'circuit_open' | 'rate_limited'): UpstreamFailure {
  const why = failure === 'circuit_open' ? 'it has failed too often just now' : 'the provider limits our rate';
  return new UpstreamFailure(failure, `${why}, so it is left alone for a while`);
}

/** Waits as long as the provider asks, at least the usual time. */
function askedFor(usual: number): IBackoffFactory<{ readonly result: unknown }> {
  return {
    next({ result }) {
      const error = typeof result === 'object' && result !== null ? Reflect.get(result, 'error') : undefined;
      const asked = error instanceof UpstreamFailure ? error.retryAfter : undefined;
      return { duration: Math.max(usual, asked ?? 0), next: (context) => askedFor(usual).next(context) };
    },
  };
}
