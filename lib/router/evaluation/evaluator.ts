import type { JsonObject } from '../../upstream/dialects/dialect.js';

/** A request and its whole answer, as an evaluator gets them. */
export interface Exchange {
  readonly requestId: string;
  readonly route: string;
  readonly environment: string;
  /** Tag of the version that answered. */
  readonly version: string;
  /** As the caller sent it. */
  readonly request: JsonObject;
  /** Text of the answer's first choice. */
  readonly text: string;
  /** The tools that the answer calls, each with the keys of its arguments. */
  readonly toolCalls: readonly string[];
  readonly finishReason: string | undefined;
}

/** Scores answers from 0 (useless) to 1. A rejection is no score: it counts against the evaluator, not the answer. */
export type Evaluate = (exchange: Exchange) => number | Promise<number>;

/** Where scores for `quality` gates come from. */
export interface Evaluator {
  /** What gates call it. */
  readonly name: string;
  /** Absent: the scores come from people, through `router.feedback()`. */
  readonly evaluate?: Evaluate | undefined;
  /** Share of the answers that are scored, 0–1. */
  readonly sample: number;
  /** Evaluations at a time; an answer that comes on top is not scored. */
  readonly concurrency: number;
  /** Milliseconds after which an evaluation counts as failed. */
  readonly timeout: number;
}
