import { Logger } from '@nestjs/common';
import type { Clock, Random } from '../kit/clock.js';
import type { Placement } from '../telemetry/observation.js';
import { placementOf, type CallRequest } from '../router/call-request.js';
import type { CallEnd, CallListener, HeardCall } from '../router/call-listener.js';
import type { ChatRequest } from '../router/chat.js';
import type { AnswerCollector } from '../router/answer-collector.js';
import { EvaluatedCall, exchangeOf } from './evaluated-call.js';
import type { Ask, Evaluator, Exchange } from './evaluator.js';

/** Takes scores. */
interface ScoreBook {
  score(evaluator: string, placement: Placement, value: number): void;
  /** Whether the evaluator is reliable: `false` after several failures in a row. */
  scorable(evaluator: string, isScorable: boolean): void;
}

export interface EvaluationOptions {
  readonly evaluators: readonly Evaluator[];
  readonly scores: ScoreBook;
  readonly clock: Clock;
  readonly random: Random;
  /** How evaluators ask routes. */
  readonly ask: Ask;
}

/** Counts of an evaluator's work in this process. */
export interface EvaluatorStatus {
  readonly scored: number;
  readonly failed: number;
  /** Answers that had nothing to score. */
  readonly skipped: number;
  /** Answers that came while `concurrency` evaluations were running. */
  readonly shed: number;
  /** Evaluations that are running. */
  readonly open: number;
}

/** Failures in a row after which the evaluator counts as unreliable. */
const UNRELIABLE = 3;

/**
 * Has functions score answers, after the callers got them. An answer counts only for the assigned environment, and only
 * if that environment gave it.
 */
export class EvaluationService implements CallListener {
  readonly #logger = new Logger(EvaluationService.name);
  readonly #states = new Map<string, { -readonly [Count in keyof EvaluatorStatus]: number } & { inARow: number }>();

  constructor(private readonly options: EvaluationOptions) {
    for (const { name } of options.evaluators) {
      this.#states.set(name, { scored: 0, failed: 0, skipped: 0, shed: 0, open: 0, inARow: 0 });
    }
  }

  /** By evaluator. */
  get status(): Readonly<Record<string, EvaluatorStatus>> {
    return Object.fromEntries(
      [...this.#states].map(([name, { scored, failed, skipped, shed, open }]) => [
        name,
        { scored, failed, skipped, shed, open },
      ]),
    );
  }

  begun(request: CallRequest): HeardCall | undefined {
    const { evaluators, random } = this.options;
    if (evaluators.length === 0 || request.byEvaluator) return undefined;
    const chosen = evaluators.filter(({ evaluate, sample }) => evaluate && (sample >= 1 || random() < sample));
    if (chosen.length === 0) return undefined;
    return new EvaluatedCall(request.dialect, (end, answer) => this.#ended(request, end, answer, chosen));
  }

  /** Books a score of an evaluator, of those without a function as well. */
  book(name: string, placement: Placement, score: number): void {
    const state = this.#states.get(name)!;
    state.scored++;
    if (state.inARow >= UNRELIABLE) this.options.scores.scorable(name, true);
    state.inARow = 0;
    this.options.scores.score(name, placement, score);
  }

  #ended(request: CallRequest, end: CallEnd, answer: AnswerCollector, chosen: readonly Evaluator[]): void {
    const placement = placementOf(request);
    if (end.outcome !== 'ok' || end.answeredBy?.environment !== placement.environment) return;
    // In a later turn of the event loop: the caller comes first.
    setImmediate(() => {
      const collected = answer.collected();
      if (!collected) return;
      const exchange = exchangeOf(request, end, collected);
      for (const evaluator of chosen) void this.#evaluate(evaluator, exchange, placement);
    });
  }

  async #evaluate({ name, evaluate, concurrency, timeout }: Evaluator, exchange: Exchange, placement: Placement) {
    const state = this.#states.get(name)!;
    if (state.open >= concurrency) {
      state.shed++;
      return;
    }
    state.open++;
    const { clock, ask } = this.options;
    const ended = new AbortController();
    const { signal } = ended;
    let cancel: (() => void) | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        cancel = clock.after(timeout, () => reject(new Error(`no score within ${timeout} ms`)));
      });
      const tools = { signal, ask: (route: string, asked: ChatRequest) => ask(route, asked, signal) };
      const score = await Promise.race([evaluate!(exchange, tools), late]);
      if (score === undefined) {
        state.skipped++;
        return;
      }
      if (!isScore(score)) throw new RangeError('a score has to be a number from 0 to 1');
      this.book(name, placement, score);
    } catch (error) {
      this.#failed(name, error);
    } finally {
      cancel?.();
      ended.abort();
      state.open--;
    }
  }

  /** Logs the name only: a message may quote the answer. */
  #failed(name: string, error: unknown): void {
    const state = this.#states.get(name)!;
    state.failed++;
    if (++state.inARow !== UNRELIABLE) return;
    const kind = error instanceof Error ? error.name : typeof error;
    this.#logger.warn(`Evaluator "${name}" has failed ${UNRELIABLE} times in a row (${kind}): its gates hold`);
    this.options.scores.scorable(name, false);
  }
}

function isScore(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}
