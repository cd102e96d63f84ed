import { CONSEQUENCES } from '../domain/outcome.js';
import type { Random } from '../kit/clock.js';
import { stringAt } from '../kit/json.js';
import type { Target } from '../routing/route-table.js';
import { openStream, sendJson, type JsonAnswer } from '../upstream/send.js';
import { withoutRateLimits } from '../upstream/passed-headers.js';
import { failureFrom, UpstreamFailure } from '../upstream/upstream-failure.js';
import { AnswerName } from './answer-name.js';
import { attempt, attemptOf } from './attempt-of.js';
import type { BlameShares } from './blame-shares.js';
import type { Send } from './call-listener.js';
import type { CallRequest } from './call-request.js';
import { Call, type CallLedger } from './call.js';
import { candidatesFor, confirms, mayArbitrate, mayHelp, toldOf, type FailedTarget } from './candidates.js';
import type { BreakerSettings } from './last-calls.js';
import type { RetryBudgetOptions, RetryBudgets } from './retry-budget.js';
import { Outgoing } from './outgoing.js';
import type { Conversations } from './state/conversations.js';
import { pause, retryDelay, type RetryPolicy } from './retry.js';
import { RoutedStream } from './routed-stream.js';
import { buffered, type StreamBuffer } from './stream-buffer.js';
import { StreamRecovery, type RecoveryDeps } from './stream-recovery.js';
import { UpstreamError } from './upstream-error.js';
import type { CallWarning } from '../upstream/call-warning.js';
import type { WarningBook } from './warning-book.js';

/** How a route's requests are sent. */
export interface SendingPolicy {
  readonly retry: RetryPolicy;
  readonly retryBudget: RetryBudgetOptions;
  readonly breaker: BreakerSettings | false;
  readonly buffer: StreamBuffer;
  /** The treatment of a stream that breaks after its first chunk. */
  readonly streamRecovery: 'error' | 'continue';
  /** The `model` of answers: the name that the caller sent, or the provider's own. */
  readonly answerModel: 'alias' | 'upstream';
  /** Whether callers see the provider's rate limits. */
  readonly passRateLimits: boolean;
}

export interface SenderOptions extends CallLedger, RecoveryDeps {
  readonly budgets: RetryBudgets;
  readonly blame: BlameShares;
  readonly policyOf: (route: string) => SendingPolicy;
  readonly random: Random;
  /** Absent: what only its maker can read passes as it is. */
  readonly conversations?: Conversations | undefined;
  /** Hears what environments did without. */
  readonly warnings?: Pick<WarningBook, 'see'> | undefined;
}

/**
 * Sends a request whose environment is decided: attempts, retries within the environment, fallback while nothing has
 * gone out. Every public way to send ends here.
 */
export class Sender {
  constructor(private readonly options: SenderOptions) {}

  /** @throws {UpstreamError} when no environment gave a whole answer. */
  async json(asked: CallRequest): Promise<{ answer: JsonAnswer; call: Call }> {
    const call = this.#call(asked, false);
    const answer = await this.#rescued(call, sendJson);
    this.#note(call, answer.reading.model, answer.passed, answer.warnings);
    call.answered(answer);
    call.close('ok', answer.reading.usage, answer.reading);
    return { answer, call };
  }

  /**
   * Returns when the first chunks are buffered; until then every failure can be rescued without the caller noticing.
   * The stream has to be read or canceled.
   *
   * @throws {UpstreamError} when no environment began an answer.
   */
  async stream(request: CallRequest): Promise<RoutedStream> {
    const call = this.#call(request, true);
    const { route } = request.assignment;
    const { buffer: configured, streamRecovery } = this.options.policyOf(route);
    const chunks = this.options.table.current.find(route)?.settings.bufferThreshold;
    const buffer = chunks === undefined ? configured : { ...configured, chunks };
    const begun = await this.#rescued(call, async (attempted) => {
      const upstream = await openStream(attempted);
      request.accepted?.();
      return buffered(upstream, buffer, this.options.clock, () => call.firstToken());
    });
    if (request.written) request.written.text = undefined;
    this.#note(call, begun.upstream.model, begun.upstream.passed, begun.upstream.warnings());
    const recovery = new StreamRecovery(call, streamRecovery, this.options);
    return new RoutedStream(call, begun, recovery, recovery.sent);
  }

  #call(unbound: CallRequest, isStream: boolean): Call {
    const { conversations } = this.options;
    const request = conversations?.bound(unbound) ?? unbound;
    const { assignment, body, dialect } = request;
    this.options.blame.sees(assignment);
    const { answerModel } = this.options.policyOf(assignment.route);
    const asked = answerModel === 'alias' ? stringAt(body, 'model') : undefined;
    const name = asked === undefined ? undefined : new AnswerName(asked, dialect.modelHolder);
    const call = new Call(request, this.options, isStream);
    const state = conversations?.isOn ? (dialect.state?.ofAnswerTo?.(body) ?? dialect.state) : undefined;
    if (name || state) {
      call.outgoing = new Outgoing(name, state, (value) => conversations?.stamped(call, value) ?? value);
    }
    return call;
  }

  /** Facts that callers get with an answer. */
  #note(
    call: Call,
    model: string | undefined,
    passed: Readonly<Record<string, string>>,
    warnings: readonly CallWarning[] = [],
  ): void {
    const { route } = call.request.assignment;
    const { passRateLimits } = this.options.policyOf(route);
    call.answeredWith(model, passRateLimits ? passed : withoutRateLimits(passed), warnings);
    if (warnings.length > 0) this.options.warnings?.see(route, call.report().environment, warnings);
  }

  async #rescued<T>(call: Call, send: Send<T>): Promise<T> {
    const { assignment, requestId } = call.request;
    this.options.budgets.get(assignment.route).deposit();
    let last: FailedTarget | undefined;
    let isArbitrated = false;
    for (const target of candidatesFor(assignment, this.options.table, () => last?.failure.unknownFile)) {
      if (last && !mayHelp(target, last)) continue;
      const result = await this.#attempts(call, target, send, isArbitrated);
      if (!(result instanceof UpstreamFailure)) {
        if (isArbitrated) this.#blame(call, last!);
        return result;
      }
      const failed = { failure: result, target };
      last = toldOf(last, failed);
      if (isArbitrated && confirms(result)) call.arbitration = 'caller';
      if (isArbitrated || call.expense?.exhausted) break;
      if (CONSEQUENCES[result.failure].fallBack === 'any' || result.unknownFile) continue;
      isArbitrated = mayArbitrate(assignment, failed, this.options.table);
      if (!isArbitrated) break;
      call.arbitration = 'none';
      if (!this.options.budgets.get(assignment.route).withdraw()) break;
    }
    const { failure, target } = last!;
    call.close(failure.failure);
    throw new UpstreamError(assignment.route, target.environment, failure.failure, call.attempts, requestId, failure);
  }

  /** The live environment took what the canary had refused: the refusal was a fault of the canary's own. */
  #blame(call: Call, { target, failure }: FailedTarget): void {
    if (!this.options.blame.mayBlame(call.request.assignment)) return;
    call.arbitration = 'canary';
    this.options.breakers.get(call.request.assignment.route, target)?.blame(failure);
  }

  /** Asks one environment until it answers or asking again is pointless. @param once for a second opinion. */
  async #attempts<T>(call: Call, target: Target, send: Send<T>, once: boolean): Promise<T | UpstreamFailure> {
    const { clock, random, budgets, breakers, policyOf, upstreams } = this.options;
    const { request } = call;
    const { route } = request.assignment;
    const { retry } = policyOf(route);
    const asked = () => attemptOf(request, target, this.options, request.signal);
    let last: UpstreamFailure | undefined;
    for (let n = 1; ; n++) {
      try {
        return await attempt(call, target, breakers, asked, send);
      } catch (error) {
        const failure = failureFrom(error);
        // A breaker that opened meanwhile stays open longer than a pause; report what the environment said.
        if (!failure.asked) return last ?? failure;
        last = failure;
        if (once || n >= retry.attempts || !(failure.again ?? CONSEQUENCES[failure.failure].retry)) return failure;
        const delay = retryDelay(n, failure.retryAfter, retry, random);
        if (delay === undefined || !budgets.get(route).withdraw()) return failure;
        if (!(await pause(delay, clock, request.signal, upstreams.end))) {
          return new UpstreamFailure('client_abort', 'the caller left');
        }
      }
    }
  }
}
