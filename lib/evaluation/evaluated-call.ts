import { AnswerCollector, type CollectedAnswer } from '../router/answer-collector.js';
import type { CallEnd, HeardCall } from '../router/call-listener.js';
import type { CallRequest } from '../router/call-request.js';
import type { Dialect } from '../upstream/dialects/dialect.js';
import { preparedBody } from '../upstream/prepared-body.js';
import type { Exchange } from './evaluator.js';

/** Collects the answer of a call, and hands it over when the call has ended. */
export class EvaluatedCall extends AnswerCollector implements HeardCall {
  constructor(
    dialect: Dialect,
    private readonly onEnd: (end: CallEnd, answer: AnswerCollector) => void,
  ) {
    super(dialect);
  }

  ended(end: CallEnd): void {
    this.onEnd(end, this);
  }
}

/** The request of a call and its whole answer. */
export function exchangeOf(request: CallRequest, { finishReason }: CallEnd, answer: CollectedAnswer): Exchange {
  const { requestId, body, dialect, assignment } = request;
  const { route, environment, version } = assignment;
  const asked = { requestId, route, environment, version: version.tag, dialect: dialect.name, request: body };
  return {
    ...asked,
    ...answer,
    finishReason,
    // Computed only when an evaluator reads it.
    get prepared() {
      return preparedBody(dialect, body, version).body;
    },
  };
}
