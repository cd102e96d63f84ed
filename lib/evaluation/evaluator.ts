import type { JsonObject } from '../kit/json.js';
import type { DialectName } from '../upstream/dialects/dialects.js';
import type { ChatCompletion, ChatRequest } from '../router/chat.js';
import type { ToolCall } from '../router/tool-calls.js';

/** A request and its whole answer, for an evaluator. */
export interface Exchange {
  readonly requestId: string;
  readonly route: string;
  readonly environment: string;
  /** Tag of the version that answered. */
  readonly version: string;
  /** The wire format of request and answer. */
  readonly dialect: DialectName;
  /** As the caller sent it. */
  readonly request: JsonObject;
  /** As the environment got it, with the parameters and the system prompt of its version. */
  readonly prepared: JsonObject;
  /** Text of the answer's first choice. */
  readonly text: string;
  /** The tools that the answer calls, each with the keys of its arguments. */
  readonly toolCalls: readonly string[];
  /** The same calls with their arguments, in order. */
  readonly calls: readonly ToolCall[];
  /** The answer is marked as a refusal in the field that its format has for that. */
  readonly refused: boolean;
  readonly finishReason: string | undefined;
}

/** Asks a route of this module. @throws {UpstreamError} when no environment answers. */
export type Ask = (route: string, request: ChatRequest, signal: AbortSignal) => Promise<ChatCompletion>;

/** The tools of an evaluator. */
interface EvaluatorTools {
  /**
   * Asks a route of this module. The call is not scored. It counts as traffic of that route, with its environments,
   * limits and budget.
   *
   * @throws {UpstreamError} when no environment answers.
   */
  readonly ask: (route: string, request: ChatRequest) => Promise<ChatCompletion>;
  /** Aborted when the evaluation takes too long. */
  readonly signal: AbortSignal;
}

/**
 * Scores answers from 0 (useless) to 1. `undefined` means that there is nothing to score: it counts nowhere. A
 * rejection counts against the evaluator, not the answer.
 */
export type Evaluate = (exchange: Exchange, tools: EvaluatorTools) => number | undefined | Promise<number | undefined>;

/** A source of scores for `quality` gates. */
export interface Evaluator {
  /** The name that gates use. */
  readonly name: string;
  /** Absent: the scores come from people, through `router.feedback()`. */
  readonly evaluate?: Evaluate | undefined;
  /** Share of the answers that are scored, 0–1. */
  readonly sample: number;
  /** Evaluations at a time; answers beyond that are not scored. */
  readonly concurrency: number;
  /** Milliseconds after which an evaluation counts as failed. */
  readonly timeout: number;
}
