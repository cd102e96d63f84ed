import { BlueGreenError } from '../domain/errors.js';

/** No such answer is known, or no longer. `code`: `unknown_answer`. */
export class UnknownAnswerError extends BlueGreenError {
  /** @param named `request_id "…"` or `episode "…"`, in the words of the caller. */
  constructor(named: string) {
    super(
      'unknown_answer',
      `There is no answer with the ${named} that could be scored.`,
      'Send the X-Request-ID of an answer, or the X-Episode-ID of a run, of the last 24 hours. A failed request has no ' +
        'answer, and of very many answers the oldest are forgotten earlier.',
      404,
    );
  }
}

/** No evaluator of this name takes scores of people. `code`: `unknown_evaluator`. */
export class UnknownEvaluatorError extends BlueGreenError {
  constructor(evaluator: string, known: readonly string[]) {
    const add = `Add one without a function: evaluators: [{ name: '${known.length > 0 ? 'thumbs' : evaluator}' }].`;
    super(
      'unknown_evaluator',
      `No evaluator "${evaluator}" takes scores from outside.`,
      known.length > 0 ? `Use one of: ${known.join(', ')}. Evaluators with a function score by themselves.` : add,
      422,
    );
  }
}

/** The key may score answers to its own requests only. `code`: `not_your_answer`. */
export class NotYourAnswerError extends BlueGreenError {
  constructor() {
    super(
      'not_your_answer',
      'The request was not sent with this key.',
      'Use the key that the request was sent with, or one that has the scope "operate" as well.',
      403,
    );
  }
}
