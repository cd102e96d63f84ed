import type { CallListener, HeardCall } from '../router/call-listener.js';
import { placementOf, type CallRequest } from '../router/call-request.js';
import { accessKeyOf } from '../routing/hash.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import type {
  AnswerBook,
  Answered,
  FeedbackReceipt,
  FeedbackStatus,
  Scored,
  ScoredPlacement,
} from '../telemetry/answered.js';
import type { Placement } from '../telemetry/observation.js';
import type { Clock } from '../kit/clock.js';
import { ValidationError } from '../validation/validation-error.js';
import type { Evaluator } from './evaluator.js';
import { NotYourAnswerError, UnknownAnswerError, UnknownEvaluatorError } from './feedback-errors.js';

export interface FeedbackOptions {
  readonly evaluators: readonly Evaluator[];
  /** Absent where no evaluator takes scores from outside: then nothing has to be remembered. */
  readonly answers: AnswerBook | undefined;
  /** Takes a score that counts. */
  readonly book: (evaluator: string, placement: Placement, score: number) => void;
  readonly table: LiveRouteTable;
  readonly clock: Clock;
}

/**
 * Takes scores that come from outside, up to a day after the answer: from people, or from checks of a whole run. They
 * count where the request was assigned, in the rollout that compared it then.
 */
export class FeedbackService implements CallListener {
  /** Evaluators that have no function. */
  readonly #names: readonly string[];

  constructor(private readonly options: FeedbackOptions) {
    this.#names = options.evaluators.flatMap(({ name, evaluate }) => (evaluate ? [] : [name]));
  }

  begun(request: CallRequest): HeardCall | undefined {
    const { answers } = this.options;
    if (!answers || request.byEvaluator) return undefined;
    return {
      ended: ({ outcome, answeredBy }) => {
        const placement = placementOf(request);
        if (outcome === 'ok') {
          const isItsOwn = answeredBy?.environment === placement.environment;
          answers.remember(this.#answered(requestKey(request.requestId), placement, isItsOwn));
        }
        // A run is one unit, wherever single answers of it came from: its first request decides where it counts.
        const { episode } = request.assignment;
        if (episode !== undefined)
          answers.remember(this.#answered(episodeKey(placement.route, episode), placement, true));
      },
    };
  }

  /**
   * Books a score from 0 to 1, once for each answer and evaluator.
   *
   * @param by name of the access key that sends it, which has to be that of the request. Absent: anybody's.
   * @throws {UnknownAnswerError} {@link UnknownEvaluatorError} {@link NotYourAnswerError} {@link ValidationError}
   * {@link UnknownRouteError} {@link JournalUnavailableError}
   */
  async score(scored: Scored, score: number, evaluator: string, by?: string): Promise<FeedbackReceipt> {
    const { answers, book } = this.options;
    if (!answers || !this.#names.includes(evaluator)) throw new UnknownEvaluatorError(evaluator, this.#names);
    if (!(score >= 0 && score <= 1)) throw invalid('score', String(score), 'is not a number from 0 to 1');
    const { key, named } = this.#found(scored);
    const accessKey = by === undefined ? undefined : accessKeyOf(by);
    const found = await answers.claim(key, evaluator, accessKey);
    if (!found) throw new UnknownAnswerError(named);
    if (found === 'foreign') throw new NotYourAnswerError();
    const status = this.#statusOf(found.of, found.isFirst);
    if (status === 'counted') book(evaluator, found.of, score);
    const { route, environment, version } = found.of;
    return { status, route, environment, version, message: sentence(status, found.of) };
  }

  #statusOf({ not, route: alias, epoch }: ScoredPlacement, isFirst: boolean): FeedbackStatus {
    if (!isFirst) return 'already_scored';
    if (not === 'itsOwn') return 'answered_elsewhere';
    if (not === 'compared') return 'not_compared';
    const route = this.options.table.current.find(alias);
    return route?.onTrial && route.epoch === epoch ? 'counted' : 'rollout_ended';
  }

  #found(scored: Scored): { readonly key: string; readonly named: string } {
    if ('requestId' in scored) {
      return { key: requestKey(scored.requestId), named: `request_id "${scored.requestId}"` };
    }
    const table = this.options.table.current;
    const only = table.aliases.length === 1 ? table.aliases[0] : undefined;
    const name = scored.route ?? only;
    if (name === undefined) throw invalid('model_alias', 'nothing', 'is missing: an episode may use several routes');
    const { alias } = table.get(name);
    return { key: episodeKey(alias, scored.episode), named: `episode "${scored.episode}"` };
  }

  #answered(key: string, placement: Placement, isItsOwn: boolean): Answered {
    const { route, environment, version, unit, accessKey, epoch, segment, onTrial, offSplit } = placement;
    const isCompared = onTrial !== undefined && !offSplit;
    const not = !isItsOwn ? 'itsOwn' : isCompared ? undefined : 'compared';
    const of = { route, environment, version, unit, accessKey, epoch, segment, not } as const;
    return { key, at: this.options.clock.now(), of };
  }
}

function requestKey(requestId: string): string {
  return `request:${requestId}`;
}

function episodeKey(route: string, episode: string): string {
  return `episode:${route}:${episode}`;
}

function invalid(path: string, value: string, message: string): ValidationError {
  const remedy = path === 'score' ? 'Send 0 for useless, 1 for good, or a number in between.' : 'Name the route.';
  return new ValidationError('The feedback is not valid', [{ path, value, message, remedy }]);
}

function sentence(status: FeedbackStatus, { route, environment }: ScoredPlacement): string {
  switch (status) {
    case 'counted':
      return `Counts for "${environment}" of route "${route}".`;
    case 'already_scored':
      return 'It has a score of this evaluator: the first one stands.';
    case 'answered_elsewhere':
      return `Does not count: it was assigned to "${environment}", and another environment answered.`;
    case 'not_compared':
      return `Does not count: no rollout of route "${route}" compared it, or it was forced to "${environment}".`;
    case 'rollout_ended':
      return `Too late: the rollout of route "${route}" that compared it has ended, or has begun again.`;
  }
}
