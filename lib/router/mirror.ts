import type { Outcome } from '../domain/outcome.js';
import type { Usage } from '../domain/usage.js';
import type { Target } from '../routing/route-table.js';
import type { JsonAnswer } from '../upstream/attempt.js';
import type { StreamEvent } from '../upstream/upstream-stream.js';
import type { CallRequest } from './call-request.js';

/** How a call ended, as its caller saw it. */
export interface CallEnd {
  readonly outcome: Outcome;
  /** Who answered; absent when nobody did. */
  readonly answeredBy: Target | undefined;
  /** Milliseconds. */
  readonly latency: number;
  /** Milliseconds. Streams only. */
  readonly timeToFirstToken: number | undefined;
  readonly usage: Usage | undefined;
  /** US dollars. */
  readonly cost: number | undefined;
  readonly finishReason: string | undefined;
}

/** Watches the answer to a mirrored call go by. Called on the request path: is quick and never throws. */
export interface MirroredCall {
  answered(answer: JsonAnswer): void;
  streamed(events: readonly StreamEvent[]): void;
  /** Once, when the call has ended, well or not. */
  settled(end: CallEnd): void;
}

/** Sees every call begin, and sends a copy of some of them elsewhere. */
export interface Mirror {
  /** Called on the request path: is quick and never throws. `undefined` when the call is not mirrored. */
  begin(request: CallRequest): MirroredCall | undefined;
}
