import type { Usage } from '../domain/usage.js';
import type { CallReport } from './call-report.js';
import type { ToolCall } from './tool-calls.js';

/** A chat request in the format of OpenAI's API. Fields that are not listed here pass through untouched. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  /** Ignored: the version decides which model answers. */
  readonly model?: string;
  readonly [field: string]: unknown;
}

export interface ChatMessage {
  readonly role: string;
  readonly content?: unknown;
  readonly [field: string]: unknown;
}

/** How one call is sent. */
export interface CallOptions {
  /** Aborts the call, and its upstream's socket with it. */
  readonly signal?: AbortSignal | undefined;
  /** Sticky key: user, session or conversation id. Default: the key that the guard found for this request. */
  readonly key?: string | undefined;
  /** Names the conversation, for routes that pin conversations. */
  readonly conversation?: string | undefined;
  /**
   * Names the agent's run that the call belongs to, which people may score as a whole. Also a key where there is none.
   */
  readonly episode?: string | undefined;
  /** The value of what a rollout may group requests by (`rollout.groupBy`), such as the tenant. */
  readonly group?: string | undefined;
  /** Use this environment, whatever the weights say. The calling code is trusted. */
  readonly environment?: string | undefined;
  /** Goes to the upstream as `X-Request-ID`. Default: the current request's, else a new one. */
  readonly requestId?: string | undefined;
}

/** An answer, with the environment that gave it, its time and its cost. */
export interface ChatResult extends CallReport {
  /** Text of the first choice. */
  readonly content: string;
  /** Thoughts of the model, where the provider shows them; else empty. */
  readonly reasoning: string;
  /** Tools that the first choice calls. */
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: string | undefined;
  /** Absent when the provider does not report it. */
  readonly usage: Usage | undefined;
  /** US dollars; absent when the model has no known price. */
  readonly cost: number | undefined;
  /** From the request to the end of the answer, milliseconds. */
  readonly latency: number;
  /** From the request to the first token, milliseconds. Streams only. */
  readonly timeToFirstToken?: number | undefined;
}

/** A whole answer. */
export interface ChatCompletion extends ChatResult {
  /** The provider's whole answer: tool calls, further choices and all else. */
  readonly raw: unknown;
}

/** A piece of a streamed answer. */
export interface ChatChunk {
  /** Text that this piece adds to the first choice; may be empty. */
  readonly text: string;
  /** Thoughts that this piece adds; may be empty. */
  readonly reasoning: string;
  /** The provider's whole chunk: tool calls, reasons to stop and all else. */
  readonly raw: unknown;
}
