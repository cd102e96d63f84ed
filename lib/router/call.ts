import type { Clock } from '../kit/clock.js';
import { countsAgainstArm, type Outcome } from '../domain/outcome.js';
import type { PriceOf, Usage } from '../domain/usage.js';
import { isExpectedModel } from '../domain/version.js';
import type { Target } from '../routing/route-table.js';
import type { WatchedCall } from '../telemetry/observation.js';
import type { ModelDrift, Observation, Observer, Placement } from '../telemetry/observation.js';
import type { JsonObject } from '../upstream/dialects/dialect.js';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import type { UpstreamFailure } from '../upstream/upstream-failure.js';
import { Bill } from './bill.js';
import { placementOf, type CallRequest } from './call-request.js';
import type { Mirror, MirroredCall } from './mirror.js';
import type { Expense, Spending } from './spending.js';
import type { CallTrace, Tracing } from './tracing.js';
import type { Attempt } from './upstream-error.js';

/** What a whole answer says of itself. */
interface SelfReport {
  readonly model?: string | undefined;
  readonly finishReason?: string | undefined;
}

/** What the router needs to book a call. */
export interface CallLedger {
  readonly clock: Clock;
  readonly observer: Observer;
  readonly priceOf: PriceOf;
  readonly mirror?: Mirror | undefined;
  readonly spending?: Spending | undefined;
  readonly tracing?: Tracing | undefined;
  /** Keeps a line of every request; `asked` is its body, where that may be kept. */
  readonly requestLog?: { see(observation: Observation, asked: JsonObject | undefined): void } | undefined;
}

/** What a caller is told of a call beside the answer. */
export interface CallReport {
  readonly requestId: string;
  readonly route: string;
  /** The environment that answered. */
  readonly environment: string;
  /** Tag of the version that answered. */
  readonly version: string;
  /** Somebody other than the assigned environment answered. */
  readonly fallback: boolean;
  readonly attempts: readonly Attempt[];
}

/**
 * The books of one request, from its start to its end: who was asked, who answered, when the first token came.
 * Closing it makes the one observation; closing it again does nothing.
 */
export class Call {
  /** Takes in the caller's answer when the call is mirrored. */
  readonly mirrored: MirroredCall | undefined;
  /** Pays for the call when a budget applies to it. */
  readonly expense: Expense | undefined;
  readonly #startedAt: number;
  readonly #attempts: Attempt[] = [];
  #answeredBy: Target | undefined;
  #firstTokenAt: number | undefined;
  /** When somebody was asked last, and whether the first token was there by then. */
  #askedAt = 0;
  #begunBefore = false;
  #charged: Outcome | undefined;
  readonly #placement: Placement;
  /** Tells of it while it is under way, when somebody wants to know. */
  readonly #watched: WatchedCall | undefined;
  /** Absent while nobody traces. */
  readonly #trace: CallTrace | undefined;
  readonly #bill: Bill;
  #closed = false;

  constructor(
    readonly request: CallRequest,
    private readonly ledger: CallLedger,
    isStream: boolean,
  ) {
    this.#startedAt = ledger.clock.elapsed();
    this.#placement = placementOf(request.assignment);
    this.#bill = new Bill(ledger.priceOf);
    this.#watched = ledger.observer.begin(this.#placement, isStream);
    this.#trace = ledger.tracing?.begin(request, isStream);
    this.mirrored = request.byEvaluator ? undefined : ledger.mirror?.begin(request);
    this.expense = ledger.spending?.begin(request);
  }

  /** Who answers, once somebody does. */
  get answeredBy(): Target | undefined {
    return this.#answeredBy;
  }

  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  /** Somebody is asked. */
  asks({ environment, version }: Target): void {
    this.#attempts.push({ environment, version: version.tag, duration: 0 });
    this.#askedAt = this.ledger.clock.elapsed();
    this.#begunBefore = this.#firstTokenAt !== undefined;
  }

  /** Who was asked last answers. */
  answers(by: Target): void {
    this.#answeredBy = by;
    this.#last.duration = this.ledger.clock.elapsed() - this.#askedAt;
  }

  /** Who was asked last does not. */
  refuses(failure: UpstreamFailure): void {
    this.#failed(failure, this.#firstTokenAt !== undefined && !this.#begunBefore);
    this.#last.duration = this.ledger.clock.elapsed() - this.#askedAt;
  }

  /** Sends what an attempt has to send, as a part of the call's trace where it has one. */
  traced<T>(target: Target, request: AttemptRequest, send: (request: AttemptRequest) => Promise<T>): Promise<T> {
    return this.#trace ? this.#trace.attempt(target, request, send) : send(request);
  }

  firstToken(): void {
    if (this.#firstTokenAt !== undefined) return;
    this.#firstTokenAt = this.ledger.clock.elapsed();
    this.#trace?.firstToken();
    this.#watched?.firstToken();
  }

  /** A stream that had begun broke: its attempt has failed after all, and has cost what it had used by then. */
  brokeWith(failure: UpstreamFailure, usage: Usage | undefined): void {
    this.#failed(failure, true, this.#bill.add(usage, this.#answeredBy));
  }

  report(): CallReport {
    const { assignment, requestId } = this.request;
    const slot = this.#answeredBy ?? assignment;
    return {
      requestId,
      route: assignment.route,
      environment: slot.environment,
      version: slot.version.tag,
      fallback: slot.environment !== assignment.environment,
      attempts: this.#attempts,
    };
  }

  /** Milliseconds since the request came in. */
  get latency(): number {
    return this.ledger.clock.elapsed() - this.#startedAt;
  }

  get timeToFirstToken(): number | undefined {
    return this.#firstTokenAt === undefined ? undefined : this.#firstTokenAt - this.#startedAt;
  }

  /** Tokens of the answer so far, of all its pieces that have ended. */
  get usage(): Usage | undefined {
    return this.#bill.usage;
  }

  /** What these cost, US dollars. */
  get cost(): number | undefined {
    return this.#bill.cost;
  }

  /**
   * The request has ended: observe it.
   *
   * @param lastUsage of the answer, or of its last piece where others broke off before.
   * @param said what the answer says of itself.
   */
  close(callerOutcome: Outcome, lastUsage?: Usage, said: SelfReport = {}): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watched?.ended();
    const slot = this.#answeredBy;
    const lastCost = this.#bill.add(lastUsage, slot);
    const { latency, timeToFirstToken, usage, cost } = this;
    this.#trace?.ended({
      outcome: callerOutcome,
      answeredBy: slot,
      usage,
      cost,
      model: said.model,
      finishReason: said.finishReason,
    });
    this.expense?.settle(callerOutcome, timeToFirstToken !== undefined, lastCost);
    this.mirrored?.settled({
      outcome: callerOutcome,
      answeredBy: slot,
      latency,
      timeToFirstToken,
      usage,
      cost,
      finishReason: said.finishReason,
    });
    const observation: Observation = {
      outcome: this.#charge(this.#failureOfAssigned() ?? callerOutcome),
      at: this.ledger.clock.now(),
      requestId: this.request.requestId,
      callerOutcome,
      answeredBy: slot && { environment: slot.environment, version: slot.version.tag },
      attempts: this.#attempts.length,
      retries: this.#attempts.length > 1 ? retriesIn(this.#attempts) : undefined,
      latency,
      timeToFirstToken,
      usage,
      cost,
      modelDrift: this.#driftTo(said.model),
      ...this.#placement,
    };
    this.ledger.observer.observe(observation);
    const { body, byEvaluator } = this.request;
    this.ledger.requestLog?.see(observation, byEvaluator ? undefined : body);
  }

  #driftTo(answered: string | undefined): ModelDrift | undefined {
    const version = this.#answeredBy?.version;
    if (answered === undefined || !version || isExpectedModel(version, answered)) return undefined;
    return { expected: version.pinnedModel ?? version.model, answered };
  }

  get #last(): Attempt {
    return this.#attempts.at(-1)!;
  }

  /** `begun`: behind the first token of this attempt. `cost`: of what it had answered by then. */
  #failed({ failure }: UpstreamFailure, begun: boolean, cost?: number): void {
    const attempt = this.#last;
    attempt.failure = failure;
    // What is heard of behind the end changes nothing that has been told.
    if (this.#closed) return;
    this.#trace?.failed(attempt.environment, failure);
    this.expense?.failed(failure, begun, cost);
    // Intention to treat: the assigned environment has failed, whoever saves the caller.
    if (this.#isAssigned(attempt) && countsAgainstArm(failure)) this.#charge(failure);
  }

  #failureOfAssigned(): Outcome | undefined {
    return this.#attempts.find((attempt) => attempt.failure && this.#isAssigned(attempt))?.failure;
  }

  #isAssigned({ environment }: Attempt): boolean {
    return environment === this.request.assignment.environment;
  }

  /** The verdict on the assigned environment; the first one stands. */
  #charge(outcome: Outcome): Outcome {
    if (this.#charged !== undefined) return this.#charged;
    this.#charged = outcome;
    this.ledger.observer.charge({ at: this.ledger.clock.now(), outcome, ...this.#placement });
    return outcome;
  }
}

/** An environment is asked again before the next one is asked. */
function retriesIn(attempts: readonly Attempt[]): number {
  return attempts.filter(({ environment }, n) => environment === attempts[n - 1]?.environment).length;
}
