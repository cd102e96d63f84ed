import type { Clock } from '../kit/clock.js';
import {
  SCORED_WITHIN,
  type AnswerBook,
  type Answered,
  type FoundAnswer,
  type ScoredPlacement,
} from '../telemetry/answered.js';

interface Kept {
  readonly at: number;
  readonly of: ScoredPlacement;
  readonly scoredBy: readonly string[];
}

/** One for all: it is there 100,000 times. */
const NOBODY: readonly string[] = [];

/** Answers of one process. */
export class MemoryAnswers implements AnswerBook {
  /** The oldest first: a map keeps that order. */
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly limit: number,
    private readonly clock: Clock,
  ) {}

  remember({ key, at, of }: Answered): void {
    const known = this.#kept.get(key);
    if (known && known.of.epoch >= of.epoch) return;
    this.#kept.delete(key);
    this.#kept.set(key, { at, of, scoredBy: NOBODY });
    for (const [oldest, { at: then }] of this.#kept) {
      if (this.#kept.size <= this.limit && this.clock.now() - then <= SCORED_WITHIN) break;
      this.#kept.delete(oldest);
    }
  }

  async claim(key: string, evaluator: string, accessKey?: number): Promise<FoundAnswer | 'foreign' | undefined> {
    return this.scored(key, evaluator, accessKey);
  }

  /** The same at once. */
  scored(key: string, evaluator: string, accessKey?: number): FoundAnswer | 'foreign' | undefined {
    const known = this.#kept.get(key);
    if (!known || this.clock.now() - known.at > SCORED_WITHIN) return undefined;
    if (accessKey !== undefined && known.of.accessKey !== accessKey) return 'foreign';
    const isFirst = !known.scoredBy.includes(evaluator);
    if (isFirst) this.#kept.set(key, { ...known, scoredBy: [...known.scoredBy, evaluator] });
    return { of: known.of, isFirst };
  }

  async flush(): Promise<void> {}
}
