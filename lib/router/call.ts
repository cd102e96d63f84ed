import type { Arbitration } from '../domain/arbitration.js';
import { Bill } from '../domain/bill.js';
import type { Outcome } from '../domain/outcome.js';
import type { PriceOf, Usage } from '../domain/usage.js';
import { runningTime, type Clock } from '../kit/clock.js';
import type { Target } from '../routing/route-table.js';
import type { CallWarning } from '../upstream/call-warning.js';
import type { JsonAnswer } from '../upstream/send.js';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import type { UpstreamFailure } from '../upstream/upstream-failure.js';
import type { StreamEvent } from '../upstream/accepted-events.js';
import { Attempts, type Attempt } from './attempts.js';
import type { CallListener, Expense, HeardCall, Send, Spending } from './call-listener.js';
import type { CallReport } from './call-report.js';
import type { CallRequest } from './call-request.js';
import type { Outgoing } from './outgoing.js';

/** Everything that a call is reported to, and what the report needs. */
export interface CallLedger {
  readonly clock: Clock;
  readonly priceOf: PriceOf;
  readonly listeners: readonly CallListener[];
  readonly spending?: Spending | undefined;
}

/** The record of one request from its start to its end: which environments were asked, which one answered, and when. */
export class Call {
  /** Pays for the call when a budget applies to it. */
  readonly expense: Expense | undefined;
  /** Changes to the answer on its way out. Absent when it leaves unchanged. */
  outgoing: Outgoing | undefined;
  /** Headers of the provider that the caller gets. */
  passed: Readonly<Record<string, string>> = {};
  /** Parts of the request that the environment that answers did without. */
  warnings: readonly CallWarning[] = [];
  /** The side at fault for a refusal by the canary, once known. */
  arbitration: Arbitration | undefined;
  readonly #startedAt: number;
  readonly #heard: HeardCall[] = [];
  /** Those that want the answer; absent when there are none, so that a chunk costs one comparison. */
  #readers: HeardCall[] | undefined;
  readonly #attempts: Attempts;
  readonly #bill: Bill;
  #answeredBy: Target | undefined;
  #model: string | undefined;
  #firstTokenAt: number | undefined;
  #endedAt: number | undefined;
  /** Whether the first token was there before the last attempt. */
  #hadBegun = false;
  #closed = false;

  constructor(
    readonly request: CallRequest,
    private readonly ledger: CallLedger,
    isStream: boolean,
  ) {
    this.#startedAt = runningTime(ledger.clock);
    this.#attempts = new Attempts(ledger.clock);
    this.#bill = new Bill();
    for (const listener of ledger.listeners) {
      const heard = listener.begun(request, isStream);
      if (heard) this.#heard.push(heard);
    }
    this.expense = ledger.spending?.begun(request);
    if (this.expense) this.#heard.push(this.expense);
    for (const heard of this.#heard) if (heard.streamed || heard.answered) (this.#readers ??= []).push(heard);
  }

  /** The environment that answers, once one does. */
  get answeredBy(): Target | undefined {
    return this.#answeredBy;
  }

  get attempts(): readonly Attempt[] {
    return this.#attempts.all;
  }

  /** An attempt begins. */
  asks(target: Target): void {
    this.#attempts.start(target);
    this.#hadBegun = this.#firstTokenAt !== undefined;
  }

  /** Sends the attempt, through the listeners that want to send it themselves. */
  send<T>(target: Target, request: AttemptRequest, send: Send<T>): Promise<T> {
    let next = send;
    for (const heard of this.#heard) if (heard.asked) next = around(heard, target, next);
    return next(request);
  }

  /** The last attempt succeeded. */
  answers(by: Target): void {
    this.#answeredBy = by;
    this.#attempts.stop();
  }

  /** The model that the answer names, and the headers of its provider that are passed on. */
  answeredWith(
    model: string | undefined,
    passed: Readonly<Record<string, string>>,
    warnings: readonly CallWarning[],
  ): void {
    this.warnings = warnings;
    this.#model = model;
    this.passed = passed;
  }

  /** The last attempt failed. */
  refuses(failure: UpstreamFailure): void {
    this.#failed(failure, this.#firstTokenAt !== undefined && !this.#hadBegun);
    this.#attempts.stop();
  }

  /** A stream that had begun broke: its attempt has failed after all, and has cost what it had used by then. */
  brokeWith(failure: UpstreamFailure, usage: Usage | undefined): void {
    this.#failed(failure, true, this.#billed(usage));
  }

  firstToken(): void {
    if (this.#firstTokenAt !== undefined) return;
    this.#firstTokenAt = runningTime(this.ledger.clock);
    for (const heard of this.#heard) heard.firstToken?.();
  }

  /** The whole answer is there. */
  answered(answer: JsonAnswer): void {
    if (this.#readers) for (const reader of this.#readers) reader.answered?.(answer);
  }

  /** A part of the stream goes out. */
  streamed(events: readonly StreamEvent[]): void {
    if (this.#readers) for (const reader of this.#readers) reader.streamed?.(events);
  }

  report(): CallReport {
    const { assignment, requestId } = this.request;
    const { environment, version } = this.#answeredBy ?? assignment;
    const fallback = environment !== assignment.environment;
    return {
      requestId,
      route: assignment.route,
      environment,
      version: version.tag,
      upstreamModel: this.#model || version.model,
      fallback,
      attempts: this.attempts,
      ...(this.warnings.length > 0 && { warnings: this.warnings }),
    };
  }

  /** The answer is whole. Only its usage is still to come, and the caller does not wait for that. */
  answerEnded(): void {
    this.#endedAt ??= runningTime(this.ledger.clock);
  }

  /** Milliseconds since the request came in, until the answer was whole. */
  get latency(): number {
    return Math.max(0, (this.#endedAt ?? runningTime(this.ledger.clock)) - this.#startedAt);
  }

  get timeToFirstToken(): number | undefined {
    return this.#firstTokenAt === undefined ? undefined : this.#firstTokenAt - this.#startedAt;
  }

  /** Tokens of the answer so far, of all its parts that have ended. */
  get usage(): Usage | undefined {
    return this.#bill.usage;
  }

  /** US dollars so far. */
  get cost(): number | undefined {
    return this.#bill.cost;
  }

  /**
   * Ends the call. Ending it again does nothing.
   *
   * @param lastUsage tokens of the answer, or of its last part when earlier parts broke off.
   * @param said what the answer says of itself.
   */
  close(outcome: Outcome, lastUsage?: Usage, said?: { model?: string | undefined; finishReason?: string | undefined }) {
    if (this.#closed) return;
    this.#closed = true;
    const lastCost = this.#billed(lastUsage, said?.model);
    const { answeredBy, attempts, latency, timeToFirstToken, usage, cost } = this;
    const end = {
      outcome,
      answeredBy,
      attempts,
      arbitration: this.arbitration,
      latency,
      timeToFirstToken,
      usage,
      cost,
      lastCost,
      model: said?.model,
      finishReason: said?.finishReason,
    };
    for (const heard of this.#heard) heard.ended(end);
  }

  /** At the price of the version's model; that of the model that answered where the version has none (a deployment). */
  #billed(usage: Usage | undefined, said?: string): number | undefined {
    if (!this.#answeredBy || !usage) return this.#bill.add(usage, undefined);
    const { model, upstream } = this.#answeredBy.version;
    const own = this.ledger.priceOf(model, usage, upstream);
    return this.#bill.add(usage, own ?? (said ? this.ledger.priceOf(said, usage, upstream) : undefined));
  }

  #failed({ failure, asked }: UpstreamFailure, begun: boolean, cost?: number): void {
    const attempt = this.#attempts.last;
    attempt.failure = failure;
    // A failure after the end changes nothing that was reported.
    if (this.#closed) return;
    const failed = { environment: attempt.environment, failure, begun, cost, ...(asked ? {} : { asked }) };
    for (const heard of this.#heard) heard.failed?.(failed);
  }
}

function around<T>(heard: HeardCall, target: Target, send: Send<T>): Send<T> {
  return (request) => heard.asked!(target, request, send);
}
