import type { Placement } from './observation.js';

/** Where scores of an answer count: the part of its request's placement that is kept for a day. */
export interface ScoredPlacement extends Pick<
  Placement,
  'route' | 'environment' | 'version' | 'unit' | 'accessKey' | 'epoch' | 'segment'
> {
  /** Why a score does not count. Absent: it does, while the rollout of its epoch is under way. */
  readonly not?: 'compared' | 'itsOwn' | undefined;
}

/** An answer, or an agent's run, that people may score. */
export interface Answered {
  /** Its key in the book. */
  readonly key: string;
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  readonly of: ScoredPlacement;
}

/** An answer found by its key. */
export interface FoundAnswer {
  readonly of: ScoredPlacement;
  /** Nobody has scored it under this evaluator. */
  readonly isFirst: boolean;
}

/** How long an answer may be scored, milliseconds. */
export const SCORED_WITHIN = 24 * 60 * 60_000;

/** Answers that may be scored, for a day, bounded in number: beyond that the oldest are forgotten. */
export interface AnswerBook {
  /** Keeps an answer. Of several with the same key the first of the newest epoch stays. Never blocks, never throws. */
  remember(answered: Answered): void;
  /**
   * Finds an answer and notes that the evaluator has scored it, in one step. Rejects when that is not certain.
   *
   * @param accessKey hash of the only access key whose requests may be scored; `foreign`: it was another one's.
   */
  claim(key: string, evaluator: string, accessKey?: number): Promise<FoundAnswer | 'foreign' | undefined>;
  /** Resolves when all that was remembered so far is kept or dropped. */
  flush(): Promise<void>;
}

/** An answer by its `X-Request-ID`, or an agent's run by its `X-Episode-ID`. */
export type Scored =
  | { readonly requestId: string }
  | {
      readonly episode: string;
      /** The route that is scored. May be left out where there is one. */
      readonly route?: string | undefined;
    };

/** The fate of a score. All but `counted` count nowhere. */
export type FeedbackStatus = 'counted' | 'already_scored' | 'answered_elsewhere' | 'not_compared' | 'rollout_ended';

/** The answer to a score. */
export interface FeedbackReceipt {
  readonly status: FeedbackStatus;
  /** The route and the environment that the request was assigned to, and the version there. */
  readonly route: string;
  readonly environment: string;
  readonly version: string;
  /** One sentence for people. */
  readonly message: string;
}
