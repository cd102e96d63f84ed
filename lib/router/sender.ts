import type { Random } from '../domain/clock.js';
import { CONSEQUENCES } from '../domain/outcome.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import type { Target } from '../routing/route-table.js';
import { openStream, sendJson, type AttemptRequest, type JsonAnswer } from '../upstream/attempt.js';
import { failureFrom, UpstreamFailure } from '../upstream/upstream-failure.js';
import type { Upstreams } from '../upstream/upstreams.js';
import type { Breakers } from './breakers.js';
import type { BreakerOptions } from './circuit-breaker.js';
import { Call, type CallLedger, type CallRequest } from './call.js';
import { candidatesFor } from './candidates.js';
import { hold, type HoldBack } from './hold-back.js';
import { pause, retryDelay, type RetryPolicy } from './retry.js';
import type { RetryBudgetOptions, RetryBudgets } from './retry-budget.js';
import { RoutedStream } from './routed-stream.js';
import { UpstreamError } from './upstream-error.js';

/** How a route's requests are sent. */
export interface SendingPolicy {
  readonly retry: RetryPolicy;
  readonly retryBudget: RetryBudgetOptions;
  readonly breaker: BreakerOptions | false;
  readonly holdBack: HoldBack;
}

export interface SenderOptions extends CallLedger {
  readonly table: LiveRouteTable;
  readonly upstreams: Upstreams;
  readonly breakers: Breakers;
  readonly budgets: RetryBudgets;
  readonly policyOf: (route: string) => SendingPolicy;
  readonly random: Random;
}

/**
 * Sends a request whose environment is decided: attempts, retries within the environment, fallback while
 * nothing has gone out. All of the public ways to send end here.
 */
export class Sender {
  constructor(private readonly options: SenderOptions) {}

  /** @throws {UpstreamError} when nobody could give a whole answer. */
  async json(request: CallRequest): Promise<{ answer: JsonAnswer; call: Call }> {
    const call = new Call(request, this.options);
    const answer = await this.#rescued(call, (attempt) => sendJson(attempt));
    call.close('ok', answer.reading.usage);
    return { answer, call };
  }

  /**
   * Returns when the first chunks are there; until then every failure can still be rescued unseen. The stream has
   * to be read or cancelled.
   *
   * @throws {UpstreamError} when nobody could begin an answer.
   */
  async stream(request: CallRequest): Promise<RoutedStream> {
    const call = new Call(request, this.options);
    const { breakers, clock } = this.options;
    const { route } = request.assignment;
    const { holdBack } = this.options.policyOf(route);
    const begun = await this.#rescued(call, async (attempt) =>
      hold(await openStream(attempt), holdBack, clock, () => call.firstToken()),
    );
    return new RoutedStream(call, begun, (failure) => {
      if (call.answeredBy) breakers.get(route, call.answeredBy)?.report(failure);
    });
  }

  async #rescued<T>(call: Call, send: (request: AttemptRequest) => Promise<T>): Promise<T> {
    const { assignment, requestId } = call.request;
    this.options.budgets.get(assignment.route).deposit();
    let last: { readonly failure: UpstreamFailure; readonly target: Target } | undefined;
    for (const target of candidatesFor(assignment, this.options.table)) {
      const result = await this.#attempts(call, target, send);
      if (!(result instanceof UpstreamFailure)) return result;
      // Of several, the caller learns of the last that was really asked.
      if (!last || result.failure !== 'circuit_open') last = { failure: result, target };
      if (!CONSEQUENCES[result.failure].fallBack) break;
    }
    const { failure, target } = last!;
    call.close(failure.failure);
    throw new UpstreamError(assignment.route, target.environment, failure.failure, call.attempts, requestId, failure);
  }

  /** Asks one environment until it answers or until asking again makes no sense. */
  async #attempts<T>(
    call: Call,
    target: Target,
    send: (request: AttemptRequest) => Promise<T>,
  ): Promise<T | UpstreamFailure> {
    const { clock, random, breakers, budgets, policyOf } = this.options;
    const { route } = call.request.assignment;
    const { retry } = policyOf(route);
    const breaker = breakers.get(route, target);
    const attempt = this.#attemptOf(call.request, target);
    for (let n = 1; ; n++) {
      try {
        return await call.attempt(
          target,
          () => (breaker ? breaker.run(() => send(attempt)) : send(attempt)),
          failureFrom,
        );
      } catch (error) {
        const failure = failureFrom(error);
        if (n >= retry.attempts || !CONSEQUENCES[failure.failure].retry) return failure;
        const delay = retryDelay(n, failure.retryAfter, retry, random);
        if (delay === undefined || !budgets.get(route).withdraw()) return failure;
        if (!(await pause(delay, clock, call.request.signal))) {
          return new UpstreamFailure('client_abort', 'the caller left');
        }
      }
    }
  }

  #attemptOf({ body, dialect, requestId, signal }: CallRequest, { environment, version }: Target): AttemptRequest {
    return {
      client: this.options.upstreams.get(version.upstream),
      dialect,
      version,
      body,
      headers: { 'x-deployment-env': environment, 'x-environment': environment, 'x-request-id': requestId },
      signal,
      clock: this.options.clock,
    };
  }
}
