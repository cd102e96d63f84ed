import type { JsonObject } from '../../kit/json.js';
import type { FailureClass } from '../../domain/outcome.js';
import type { Usage } from '../../domain/usage.js';
import type { Version } from '../../domain/version.js';
import type { SseEvent } from '../sse.js';

export type { JsonObject };

/** What a whole JSON answer says. */
export interface AnswerReading {
  readonly model: string | undefined;
  readonly text: string;
  readonly usage: Usage | undefined;
  readonly finishReason: string | undefined;
  /** The answer says of itself that it is a refusal, in a field of its own. */
  readonly refused?: true;
  /** The provider gave up, and says so in an answer with the status of a success. */
  readonly failure?: FailureClass | undefined;
}

/** What one event of a stream says. */
export interface EventReading {
  /**
   * `content`: what the user waits for, text or a tool call. `meta`: anything else that belongs to the answer.
   * `usage`: an event that carries nothing but token counts. `end`: the dialect's closing mark. `error`: the
   * provider gave up. `malformed`: cannot be read.
   */
  readonly kind: 'content' | 'meta' | 'usage' | 'end' | 'error' | 'malformed';
  readonly text?: string;
  /** As {@link AnswerReading.refused}. */
  readonly refused?: true;
  /** With `error`: what to make of it. */
  readonly failure?: FailureClass;
}

/** Reads one stream from its first event to its last. */
export interface StreamReader {
  read(data: string): EventReading;
  /** Whether what came so far is a whole answer: the closing mark, or every part of it with its own end. */
  readonly complete: boolean;
  /** Ends a whole answer whose provider left its own mark out; absent where no answer is whole without one. */
  readonly closingMark?: SseEvent;
  readonly model: string | undefined;
  readonly usage: Usage | undefined;
  readonly finishReason: string | undefined;
}

/** A body made ready for one upstream. */
export interface PreparedBody {
  readonly body: JsonObject;
  /** The caller did not ask for the usage event, we did: it is read and not passed on. */
  readonly hideUsage: boolean;
}

/** How an answer that broke off is gone on with by somebody else. */
export interface Continuation {
  /** The request with what has been answered so far laid in front of the model. */
  prefilled(body: JsonObject, text: string): JsonObject;
  /** A content event with another text; everything else in it stays. */
  withText(data: string, text: string): string;
}

/** An error of ours, before it takes the shape of a dialect. */
export interface DialectError {
  readonly code: string;
  readonly message: string;
  /** OpenAI's word for whose fault it is. */
  readonly type: string;
  /** The HTTP status that fits. */
  readonly status: number;
}

export type DialectName = 'openai-chat' | 'openai-responses' | 'openai-embeddings' | 'anthropic-messages';

/** A wire format: everything that depends on it, and nothing else. One file each. */
export interface Dialect {
  readonly name: DialectName;
  /** How the URLs of its clients end. Where an upstream speaks it is the provider's business. */
  readonly path: string;
  /** Sent with every call, unless the environment or the caller says otherwise. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers of the caller that are part of the format and reach the upstream. Lists all of them. */
  readonly callerHeaders: readonly string[];
  /** Names that the limit on output tokens goes by; the first is the one to use. */
  readonly limitFields: readonly string[];
  /** Where a request lists the tools that the model may call. */
  readonly toolFields: readonly string[];
  isStream(body: JsonObject): boolean;
  /** The field without which the body is no request of this dialect, when it lacks one. */
  missingField(body: JsonObject): string | undefined;
  /** Applies the version to what the caller sent. */
  prepare(body: JsonObject, version: Version): PreparedBody;
  /** `undefined` when the JSON is not an answer of this dialect. */
  readAnswer(json: unknown): AnswerReading | undefined;
  /** `body`: what was asked, since that says when the answer is whole. */
  readStream(body: JsonObject): StreamReader;
  /** What an answer with an error status means. */
  classify(status: number, body: unknown): FailureClass;
  /** Absent when an answer of this format cannot be gone on with. */
  readonly continuation?: Continuation;
  /** An error as its JSON body, in the shape the dialect's SDKs understand. */
  errorBody(error: DialectError): JsonObject;
  /** An error as the event that ends a broken stream: the dialect's SDKs raise it. */
  errorEvent(error: DialectError): SseEvent;
}
