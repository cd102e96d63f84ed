import type { CallerSignal } from '../kit/caller-signal.js';
import type { Random } from '../kit/clock.js';
import { CONSEQUENCES, type FailureClass } from '../domain/outcome.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import type { Target } from '../routing/route-table.js';
import type { Continuation } from '../upstream/dialects/dialect.js';
import { openStream, sendJson, type JsonAnswer } from '../upstream/attempt.js';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import { failureFrom, UpstreamFailure } from '../upstream/upstream-failure.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { attemptOf } from './attempt-of.js';
import type { Breakers } from './breakers.js';
import type { BreakerSettings } from './last-calls.js';
import { Call, type CallLedger } from './call.js';
import type { CallRequest } from './call-request.js';
import { candidatesFor, mayHelp, toldOf, type FailedTarget } from './candidates.js';
import { hold, type BegunStream, type HoldBack } from './hold-back.js';
import { bodyFor, resumed, resumeModes } from './resume.js';
import { pause, retryDelay, type RetryPolicy } from './retry.js';
import type { RetryBudgetOptions, RetryBudgets } from './retry-budget.js';
import { RoutedStream, type Recovery } from './routed-stream.js';
import { SentAnswer } from './sent-answer.js';
import { UpstreamError } from './upstream-error.js';

/** How a route's requests are sent. */
export interface SendingPolicy {
  readonly retry: RetryPolicy;
  readonly retryBudget: RetryBudgetOptions;
  readonly breaker: BreakerSettings | false;
  readonly holdBack: HoldBack;
  /** What becomes of a stream that breaks behind its first chunk. */
  readonly streamRecovery: 'error' | 'continue';
}

export interface SenderOptions extends CallLedger {
  readonly table: LiveRouteTable;
  readonly upstreams: Upstreams;
  readonly breakers: Breakers;
  readonly budgets: RetryBudgets;
  readonly policyOf: (route: string) => SendingPolicy;
  readonly random: Random;
}

/** Nobody is there any more, at one end or the other. */
const OVER = new Set<FailureClass>(['client_abort', 'shutdown']);

/**
 * Sends a request whose environment is decided: attempts, retries within the environment, fallback while
 * nothing has gone out. All of the public ways to send end here.
 */
export class Sender {
  constructor(private readonly options: SenderOptions) {}

  /** @throws {UpstreamError} when nobody could give a whole answer. */
  async json(request: CallRequest): Promise<{ answer: JsonAnswer; call: Call }> {
    const call = new Call(request, this.options, false);
    const answer = await this.#rescued(call, (attempt) => sendJson(attempt));
    call.mirrored?.answered(answer);
    call.close('ok', answer.reading.usage, answer.reading);
    return { answer, call };
  }

  /**
   * Returns when the first chunks are there; until then every failure can still be rescued unseen. The stream has
   * to be read or cancelled.
   *
   * @throws {UpstreamError} when nobody could begin an answer.
   */
  async stream(request: CallRequest): Promise<RoutedStream> {
    const call = new Call(request, this.options, true);
    const { breakers, clock } = this.options;
    const { route } = request.assignment;
    const { holdBack, streamRecovery } = this.options.policyOf(route);
    const begun = await this.#rescued(call, async (attempt) =>
      hold(await openStream(attempt), holdBack, clock, () => call.firstToken()),
    );
    const continuation = streamRecovery === 'continue' ? request.dialect.continuation : undefined;
    const sent = continuation && new SentAnswer();
    const recovery: Recovery = {
      broke: (failure) => {
        if (call.answeredBy) breakers.get(route, call.answeredBy)?.report(failure);
      },
      resume: async (failure, unwanted) => {
        const mayGoOn = continuation && sent?.resumable && CONSEQUENCES[failure.failure].fallBack;
        return mayGoOn ? this.#resume(call, sent, continuation, unwanted) : undefined;
      },
    };
    return new RoutedStream(call, begun, recovery, sent);
  }

  /** Somebody who has not failed at this call yet, asked to go on behind what was sent. */
  async #resume(
    call: Call,
    sent: SentAnswer,
    continuation: Continuation,
    unwanted: CallerSignal,
  ): Promise<BegunStream | undefined> {
    const { assignment, body } = call.request;
    const failed = new Set(call.attempts.filter((attempt) => attempt.failure).map(({ environment }) => environment));
    for (const target of candidatesFor(assignment, this.options.table)) {
      if (failed.has(target.environment)) continue;
      for (const mode of resumeModes(target.version)) {
        if (unwanted.aborted) return undefined;
        try {
          return await this.#attempt(call, target, () => {
            const attempt = {
              ...this.#attemptOf(call.request, target),
              body: bodyFor(mode, body, sent.text, continuation),
              signal: unwanted,
            };
            return call.traced(target, attempt, async (traced) =>
              resumed(await openStream(traced), mode, sent.text, continuation),
            );
          });
        } catch (error) {
          // The next way, or the next environment; what this one made of it stands among the attempts.
          if (OVER.has(failureFrom(error).failure)) return undefined;
        }
      }
    }
    return undefined;
  }

  async #attempt<T>(call: Call, target: Target, send: () => Promise<T>): Promise<T> {
    const breaker = this.options.breakers.get(call.request.assignment.route, target);
    call.asks(target);
    try {
      if (call.expense) await call.expense.cover(target);
      const result = await (breaker ? breaker.run(send) : send());
      call.answers(target);
      return result;
    } catch (error) {
      const failure = failureFrom(error);
      call.refuses(failure);
      throw failure;
    }
  }

  async #rescued<T>(call: Call, send: (request: AttemptRequest) => Promise<T>): Promise<T> {
    const { assignment, requestId } = call.request;
    this.options.budgets.get(assignment.route).deposit();
    let last: FailedTarget | undefined;
    for (const target of candidatesFor(assignment, this.options.table)) {
      if (last && !mayHelp(target, last)) continue;
      const result = await this.#attempts(call, target, send);
      if (!(result instanceof UpstreamFailure)) return result;
      last = toldOf(last, { failure: result, target });
      if (!CONSEQUENCES[result.failure].fallBack || call.expense?.exhausted) break;
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
    const { clock, random, budgets, policyOf, upstreams } = this.options;
    const { route } = call.request.assignment;
    const { retry } = policyOf(route);
    let last: UpstreamFailure | undefined;
    for (let n = 1; ; n++) {
      try {
        return await this.#attempt(call, target, () =>
          call.traced(target, this.#attemptOf(call.request, target), send),
        );
      } catch (error) {
        const failure = failureFrom(error);
        // A breaker that has opened meanwhile stays open for longer than a pause; what the environment said counts.
        if (!failure.asked) return last ?? failure;
        last = failure;
        if (n >= retry.attempts || !CONSEQUENCES[failure.failure].retry) return failure;
        const delay = retryDelay(n, failure.retryAfter, retry, random);
        if (delay === undefined || !budgets.get(route).withdraw()) return failure;
        if (!(await pause(delay, clock, call.request.signal, upstreams.end))) {
          return new UpstreamFailure('client_abort', 'the caller left');
        }
      }
    }
  }

  #attemptOf(request: CallRequest, target: Target): AttemptRequest {
    return attemptOf(request, target, this.options, request.signal);
  }
}
