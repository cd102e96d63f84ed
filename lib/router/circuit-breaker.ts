import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  isBrokenCircuitError,
  type CircuitBreakerPolicy,
  type IBackoffFactory,
} from 'cockatiel';
import type { Clock } from '../kit/clock.js';
import { CONSEQUENCES, type FailureClass } from '../domain/outcome.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import { LastCalls, type BreakerSettings } from './last-calls.js';

/** Waits that others have learnt of the same environment. */
export interface Waits {
  /** This breaker is told by the provider to wait, for so many milliseconds. */
  report(ms: number): void;
  /** Whether anybody was, and it is not over. */
  isWaiting(): boolean;
}

/** Answers of 429 in a row, each with its wait, after which an environment is left alone for a while. */
const RATE_LIMITS_IN_A_ROW = 5;

/** Failures that come about without the environment. */
const PROVES_NOTHING = new Set<FailureClass>(['client_abort', 'unsupported', 'budget', 'shutdown']);

/**
 * Stops asking an environment that does not answer. Rate limits have a breaker of their own: they are no error of
 * the model, and they say themselves how long to wait. While one call tries whether the environment is back, the
 * others are told at once that it is not: nobody waits for somebody else's call.
 */
export class CircuitBreaker {
  readonly #lastCalls: LastCalls;
  readonly #failures: CircuitBreakerPolicy;
  readonly #limitsInARow = new ConsecutiveBreaker(RATE_LIMITS_IN_A_ROW);
  readonly #rateLimits: CircuitBreakerPolicy;

  /**
   * @param state what {@link toJSON} gave, to go on from there; what was open is so for its whole time again.
   * @param waits where it tells and hears of rate limits; without, it knows its own.
   */
  constructor(
    options: BreakerSettings,
    clock: Clock,
    state?: BreakerState,
    private readonly waits?: Waits,
  ) {
    const { halfOpenAfter } = options;
    this.#lastCalls = new LastCalls(options);
    this.#failures = circuitBreaker(
      handleWhen(
        (error) =>
          classIs(error, (failure) => CONSEQUENCES[failure].tripsBreaker) || triedInVain(error, this.#failures),
      ),
      {
        breaker: this.#lastCalls,
        halfOpenAfter: openFor(() => halfOpenAfter, clock),
        initialState: state?.failures,
      },
    );
    this.#rateLimits = circuitBreaker(
      handleWhen(
        (error) => classIs(error, (failure) => failure === 'rate_limited') || triedInVain(error, this.#rateLimits),
      ),
      {
        breaker: this.#limitsInARow,
        halfOpenAfter: openFor((error) => waitAfter(error, halfOpenAfter), clock),
        initialState: state?.rateLimits,
      },
    );
    this.#rateLimits.onBreak((reason) => {
      const error = 'error' in reason ? reason.error : undefined;
      // Not after a trial that never got to the provider: nothing was learnt.
      if (classIs(error, (failure) => failure === 'rate_limited')) waits?.report(waitAfter(error, halfOpenAfter));
    });
  }

  /** @throws {UpstreamFailure} of the call; or `circuit_open`, `rate_limited` when the call is not made. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#failures.state === CircuitState.HalfOpen) throw refusal('circuit_open');
    if (this.waits?.isWaiting() || this.#rateLimits.state === CircuitState.HalfOpen) throw refusal('rate_limited');
    if (this.isOpen) return this.#try(call);
    // Nearly every call: told of its end, the library wraps it in no promises of its own.
    try {
      const result = await call();
      this.#lastCalls.success(CircuitState.Closed);
      this.#limitsInARow.success();
      return result;
    } catch (error) {
      await Promise.all([tell(this.#failures, error), tell(this.#rateLimits, error)]);
      throw error;
    }
  }

  /** What is open refuses; once its time is over, the one call that comes is its trial. */
  async #try<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await this.#rateLimits.execute(() => this.#failures.execute(call));
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      throw refusal(this.#failures.state === CircuitState.Closed ? 'rate_limited' : 'circuit_open');
    }
  }

  /** A stream that had begun well broke: its call has failed after all. */
  report(failure: UpstreamFailure): void {
    if (this.#failures.state !== CircuitState.Closed || !CONSEQUENCES[failure.failure].tripsBreaker) return;
    this.#lastCalls.retract();
    void tell(this.#failures, failure);
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

/** Says that a call has failed. Nothing to one that has opened: the call is older than that, and no trial. */
async function tell(breaker: CircuitBreakerPolicy, error: unknown): Promise<void> {
  if (breaker.state !== CircuitState.Closed) return;
  try {
    await breaker.execute(() => Promise.reject(error));
  } catch {
    // What it is told it throws back; whoever tells has it already.
  }
}

function classIs(error: unknown, matches: (failure: FailureClass) => boolean): boolean {
  return error instanceof UpstreamFailure && matches(error.failure);
}

/**
 * The call that was to try whether the environment is back never got to it. The library would take an error that it is
 * not told of for a recovery.
 */
function triedInVain(error: unknown, { state }: CircuitBreakerPolicy): boolean {
  if (state !== CircuitState.HalfOpen) return false;
  return isBrokenCircuitError(error) || classIs(error, (failure) => PROVES_NOTHING.has(failure));
}

function refusal(failure: 'circuit_open' | 'rate_limited'): UpstreamFailure {
  const why = failure === 'circuit_open' ? 'it has failed too often just now' : 'the provider limits our rate';
  return new UpstreamFailure(failure, `${why}, so it is left alone for a while`, { asked: false });
}

/** A provider that asks for more is asked again all the same: it may have meant something else. Milliseconds. */
const LONGEST_RATE_LIMIT = 5 * 60_000;

/**
 * How long what has opened stays so, by a clock that nobody sets. The library goes by the wall clock: it is told that
 * there is all the time to wait, until there is none.
 */
function openFor(wait: (error: unknown) => number, clock: Clock): IBackoffFactory<{ readonly result: unknown }> {
  return {
    next({ result }) {
      const error = typeof result === 'object' && result !== null ? Reflect.get(result, 'error') : undefined;
      const over = clock.elapsed() + wait(error);
      return {
        get duration() {
          return clock.elapsed() < over ? Infinity : -Infinity;
        },
        next: (context) => openFor(wait, clock).next(context),
      };
    },
  };
}

/** As long as the provider asks, at least the usual time. */
function waitAfter(error: unknown, usual: number): number {
  const asked = error instanceof UpstreamFailure ? (error.retryAfter ?? 0) : 0;
  return Math.max(usual, Math.min(asked, LONGEST_RATE_LIMIT));
}
