import type { AnswerCollector } from '../router/answer-collector.js';
import type { CallEnd, CallListener, HeardCall } from '../router/call-listener.js';
import { placementOf, type CallRequest } from '../router/call-request.js';
import type { Placement } from '../telemetry/observation.js';
import { EvaluatedCall, exchangeOf } from './evaluated-call.js';
import { wrongAnswer } from './faults/wrong-answer.js';
import { hasWords } from '../upstream/dialects/dialect.js';

/** Notices answers of no use while a rollout compares two environments. Off the path of the request. */
export class WrongAnswers implements CallListener {
  /**
   * @param isCompared whether a rollout is under way on the route.
   * @param book takes the placement of an answer of no use.
   */
  constructor(
    private readonly isCompared: (route: string) => boolean,
    private readonly book: (placement: Placement) => void,
  ) {}

  begun(request: CallRequest): HeardCall | undefined {
    const { assignment, dialect, byEvaluator } = request;
    if (byEvaluator || !hasWords(dialect) || !this.isCompared(assignment.route)) return undefined;
    return new EvaluatedCall(dialect, (end, answer) => this.#ended(request, end, answer));
  }

  /** An answer counts for the assigned environment, if that one gave it. */
  #ended(request: CallRequest, end: CallEnd, answer: AnswerCollector): void {
    const placement = placementOf(request);
    if (end.outcome !== 'ok' || end.answeredBy?.environment !== placement.environment) return;
    // In a later turn of the event loop: the caller comes first.
    setImmediate(() => {
      const collected = answer.collected();
      if (collected && wrongAnswer(exchangeOf(request, end, collected)) !== undefined) this.book(placement);
    });
  }
}
