import { AnswerCollector } from '../router/answer-collector.js';
import type { CallEnd, HeardCall } from '../router/call-listener.js';
import type { ShadowSide } from '../telemetry/shadow-pair.js';
import type { Dialect } from '../upstream/dialects/dialect.js';

/** The caller's half of a pair: the answer as it goes by, and how the call ended. */
export class OpenPair extends AnswerCollector implements HeardCall {
  /** Resolves when the caller's call has ended. */
  readonly side: Promise<ShadowSide>;
  #resolve!: (side: ShadowSide) => void;

  constructor(dialect: Dialect) {
    super(dialect);
    this.side = new Promise((resolve) => (this.#resolve = resolve));
  }

  ended({ answeredBy, outcome, latency, timeToFirstToken, usage, cost, finishReason }: CallEnd): void {
    const place = { environment: answeredBy?.environment, version: answeredBy?.version.tag };
    this.#resolve({ ...place, outcome, latency, timeToFirstToken, usage, cost, finishReason });
  }
}
