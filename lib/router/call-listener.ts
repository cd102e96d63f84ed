import type { Arbitration } from '../domain/arbitration.js';
import type { FailureClass, Outcome } from '../domain/outcome.js';
import type { Usage } from '../domain/usage.js';
import type { Target } from '../routing/route-table.js';
import type { JsonAnswer } from '../upstream/send.js';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import type { StreamEvent } from '../upstream/accepted-events.js';
import type { CallRequest } from './call-request.js';
import type { Attempt } from './attempts.js';

/** An attempt that failed. */
export interface CallFailure {
  readonly environment: string;
  readonly failure: FailureClass;
  /** The request never reached the environment. Absent: it did. */
  readonly asked?: false | undefined;
  /** Whether this attempt had sent its first token. */
  readonly begun: boolean;
  /** US dollars, if the tokens were counted and the price is known. */
  readonly cost?: number | undefined;
}

/** How a call ended. Times in milliseconds, money in US dollars. */
export interface CallEnd {
  /** The answer that the caller got. */
  readonly outcome: Outcome;
  /** The environment that answered; absent when none did. */
  readonly answeredBy: Target | undefined;
  readonly attempts: readonly Attempt[];
  /** The side at fault for a refusal by the canary. */
  readonly arbitration?: Arbitration | undefined;
  readonly latency: number;
  /** Streams only. */
  readonly timeToFirstToken: number | undefined;
  readonly usage: Usage | undefined;
  /** Absent when the model has no known price. */
  readonly cost: number | undefined;
  /** The part of `cost` that belongs to the last attempt. */
  readonly lastCost: number | undefined;
  /** The model that the answer names. */
  readonly model: string | undefined;
  readonly finishReason: string | undefined;
}

/** Sends one attempt. */
export type Send<T> = (request: AttemptRequest) => Promise<T>;

/** One call as a listener follows it. Every method runs on the request path: it must be quick and must not throw. */
export interface HeardCall {
  /** An environment is asked: neither its breaker nor a budget refused. Has to call `send`, once. */
  asked?<T>(target: Target, request: AttemptRequest, send: Send<T>): Promise<T>;
  firstToken?(): void;
  /** An attempt failed, before or after it was sent. */
  failed?(failure: CallFailure): void;
  /** The whole answer is there. */
  answered?(answer: JsonAnswer): void;
  /** A part of a streamed answer goes out. */
  streamed?(events: readonly StreamEvent[]): void;
  /** Called once. */
  ended(end: CallEnd): void;
}

/** Follows every call. */
export interface CallListener {
  /** A call has begun. Quick, never throws. Returns `undefined` for a call that it does not want to follow. */
  begun(request: CallRequest, isStream: boolean): HeardCall | undefined;
}

/** The money side of one call: its retries and its fallback draw on the same reservation. */
export interface Expense extends HeardCall {
  /** The budget refused the call and allows no cheaper answer either. */
  readonly exhausted: boolean;
  /**
   * Sets aside what asking this environment may cost. The only thing that a request awaits besides the upstream.
   *
   * @throws {UpstreamFailure} `budget`, when the budget does not cover it. Nothing has been sent then.
   */
  cover(target: Target): Promise<void> | void;
}

/** Pays for calls. */
export interface Spending extends CallListener {
  /** Returns `undefined` when no budget applies to the call. */
  begun(request: CallRequest): Expense | undefined;
}
