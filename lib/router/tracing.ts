import type { FailureClass, Outcome } from '../domain/outcome.js';
import type { Usage } from '../domain/usage.js';
import type { Target } from '../routing/route-table.js';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import type { CallRequest } from './call-request.js';

/** How a call ended. */
export interface TraceEnd {
  readonly outcome: Outcome;
  /** Absent when nobody answered. */
  readonly answeredBy: Target | undefined;
  readonly usage: Usage | undefined;
  /** US dollars. */
  readonly cost: number | undefined;
  /** As the answer names it. */
  readonly model: string | undefined;
  readonly finishReason: string | undefined;
}

/** The trace of one call. On the request path: is quick and never throws of itself. */
export interface CallTrace {
  /** Asks an environment as a part of the trace; `send` gets the request with the `traceparent` of that part. */
  attempt<T>(target: Target, request: AttemptRequest, send: (request: AttemptRequest) => Promise<T>): Promise<T>;
  firstToken(): void;
  /** An environment has failed, asked or not. */
  failed(environment: string, failure: FailureClass): void;
  /** Once, when the call has ended. */
  ended(end: TraceEnd): void;
}

/** Follows calls for somebody who looks at single ones. */
export interface Tracing {
  /** A call begins; `undefined` while nobody looks, and then it costs nothing. */
  begin(request: CallRequest, isStream: boolean): CallTrace | undefined;
}
