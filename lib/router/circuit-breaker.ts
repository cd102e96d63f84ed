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

/** Waits that all replicas have learned for the same environment. */
export interface Waits {
  /** The provider told this breaker to wait for so many milliseconds. */
  report(ms: number): void;
  /** Whether any replica was told to wait, and the time is not over. */
  isWaiting(): boolean;
}

/** Answers with status 429 in a row after which an environment is not asked for a while. */
const RATE_LIMITS_IN_A_ROW = 5;

/** Failures that say nothing about the environment. */
const PROVES_NOTHING = new Set<FailureClass>(['client_abort', 'unsupported', 'budget', 'shutdown', 'frozen']);

/**
 * Stops asking an environment that does not answer. Rate limits have a breaker of their own: they are not errors of the
 * model, and they say how long to wait. While one call tries whether the environment is back, the others are refused at
 * once: no call waits for another.
 */
export class CircuitBreaker {
  readonly #lastCalls: LastCalls;
  readonly #failures: CircuitBreakerPolicy;
  readonly #limitsInARow = new ConsecutiveBreaker(RATE_LIMITS_IN_A_ROW);
  readonly #rateLimits: CircuitBreakerPolicy;
  readonly #clock: Clock;
  /** When the next trial may be made, by {@link Clock.elapsed}. */
  readonly #over = { circuit_open: 0, rate_limited: 0 };

  /**
   * @param waits rate limits that all replicas share. Without it the breaker knows its own.
   * @param isOpenNow called when it opens, and for every call that it refuses. Has to be quick.
   */
  constructor(
    options: BreakerSettings,
    clock: Clock,
    private readonly waits?: Waits,
    private readonly isOpenNow: () => void = () => {},
  ) {
    this.#clock = clock;
    const { halfOpenAfter } = options;
    this.#lastCalls = new LastCalls(options);
    this.#failures = circuitBreaker(
      handleWhen(
        (error) =>
          error instanceof Blame ||
          classIs(error, (failure) => CONSEQUENCES[failure].tripsBreaker) ||
          triedInVain(error, this.#failures),
      ),
      {
        breaker: this.#lastCalls,
        halfOpenAfter: openFor(
          () => halfOpenAfter,
          clock,
          (over) => (this.#over.circuit_open = over),
        ),
      },
    );
    this.#rateLimits = circuitBreaker(
      handleWhen(
        (error) => classIs(error, (failure) => failure === 'rate_limited') || triedInVain(error, this.#rateLimits),
      ),
      {
        breaker: this.#limitsInARow,
        halfOpenAfter: openFor(
          (error) => waitAfter(error, halfOpenAfter),
          clock,
          (over) => (this.#over.rate_limited = over),
        ),
      },
    );
    this.#failures.onBreak(() => isOpenNow());
    this.#rateLimits.onBreak((reason) => {
      isOpenNow();
      const error = 'error' in reason ? reason.error : undefined;
      // Not after a trial that never reached the provider: it taught nothing.
      if (classIs(error, (failure) => failure === 'rate_limited')) waits?.report(waitAfter(error, halfOpenAfter));
    });
  }

  /**
   * @param isRetry the same call has been counted already: one that fails three times has failed once.
   * @throws {UpstreamFailure} of the call; `circuit_open` or `rate_limited` when the call is not made.
   */
  async run<T>(call: () => Promise<T>, isRetry = false): Promise<T> {
    if (this.#failures.state === CircuitState.HalfOpen) throw this.#refusal('circuit_open');
    if (this.waits?.isWaiting() || this.#rateLimits.state === CircuitState.HalfOpen)
      throw this.#refusal('rate_limited');
    if (this.isOpen) return this.#try(call);
    // Nearly every call takes this path: the library sees its end only, and adds no promises of its own.
    try {
      const result = await call();
      if (!isRetry) this.#lastCalls.success(CircuitState.Closed);
      this.#limitsInARow.success();
      return result;
    } catch (error) {
      await Promise.all([isRetry ? undefined : tell(this.#failures, error), tell(this.#rateLimits, error)]);
      throw error;
    }
  }

  /** An open breaker refuses. Once its time is over, the next call is its trial. */
  async #try<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await this.#rateLimits.execute(() => this.#failures.execute(call));
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      throw this.#refusal(this.#failures.state === CircuitState.Closed ? 'rate_limited' : 'circuit_open');
    }
  }

  #refusal(failure: 'circuit_open' | 'rate_limited'): UpstreamFailure {
    const why = failure === 'circuit_open' ? 'it has failed too often just now' : 'the provider limits our rate';
    this.isOpenNow();
    const left = this.#over[failure] - this.#clock.elapsed();
    const retryAfter = left > 0 ? left : undefined;
    return new UpstreamFailure(failure, `${why}, so it is left alone for a while`, { asked: false, retryAfter });
  }

  /** A stream that began well broke: its call has failed after all. */
  report(failure: UpstreamFailure): void {
    if (this.#failures.state !== CircuitState.Closed || !CONSEQUENCES[failure.failure].tripsBreaker) return;
    this.#lastCalls.retract();
    void tell(this.#failures, failure);
  }

  /** A refusal turned out to be the environment's own fault: another one took the same request. */
  blame(refused: UpstreamFailure): void {
    void tell(this.#failures, new Blame('the live environment takes what this one refuses', { cause: refused }));
  }

  /** Open because of failures, and not of rate limits alone. */
  get isFailing(): boolean {
    return this.#failures.state !== CircuitState.Closed;
  }

  get isOpen(): boolean {
    return this.isFailing || this.#rateLimits.state !== CircuitState.Closed;
  }
}

/** A failure that the failure table alone does not count. */
class Blame extends Error {}

/**
 * Reports a failed call to a breaker that is closed. One that is open gets no report: the call began before it opened.
 */
async function tell(breaker: CircuitBreakerPolicy, error: unknown): Promise<void> {
  if (breaker.state !== CircuitState.Closed) return;
  try {
    await breaker.execute(() => Promise.reject(error));
  } catch {
    // The library throws the error back; the caller has it already.
  }
}

function classIs(error: unknown, matches: (failure: FailureClass) => boolean): boolean {
  return error instanceof UpstreamFailure && matches(error.failure);
}

/**
 * Whether the trial never reached the environment. The library would take an error that it is not told about for a
 * recovery.
 */
function triedInVain(error: unknown, { state }: CircuitBreakerPolicy): boolean {
  if (state !== CircuitState.HalfOpen) return false;
  return isBrokenCircuitError(error) || classIs(error, (failure) => PROVES_NOTHING.has(failure));
}

/** Longest wait that is honored, milliseconds: a provider that asks for more may have meant something else. */
const LONGEST_RATE_LIMIT = 5 * 60_000;

/**
 * How long an open breaker stays open, by the monotonic clock. The library reads the wall clock, so it is told to wait
 * forever until the time is over.
 */
function openFor(
  wait: (error: unknown) => number,
  clock: Clock,
  opened: (over: number) => void,
): IBackoffFactory<{ readonly result: unknown }> {
  return {
    next({ result }) {
      const error = typeof result === 'object' && result !== null ? Reflect.get(result, 'error') : undefined;
      const over = clock.elapsed() + wait(error);
      opened(over);
      return {
        get duration() {
          return clock.elapsed() < over ? Infinity : -Infinity;
        },
        next: (context) => openFor(wait, clock, opened).next(context),
      };
    },
  };
}

/** The wait that the provider asks for, but at least the usual time. */
function waitAfter(error: unknown, usual: number): number {
  const asked = error instanceof UpstreamFailure ? (error.retryAfter ?? 0) : 0;
  return Math.max(usual, Math.min(asked, LONGEST_RATE_LIMIT));
}
