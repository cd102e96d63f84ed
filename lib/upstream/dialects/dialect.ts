import type { FailureClass } from '../../domain/outcome.js';
import type { Usage } from '../../domain/usage.js';
import type { Version } from '../../domain/version.js';

/** A request body as parsed JSON. Fields that nobody here knows pass through untouched. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a whole JSON answer says. */
export interface AnswerReading {
  readonly model: string | undefined;
  readonly text: string;
  readonly usage: Usage | undefined;
  readonly finishReason: string | undefined;
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
  /** With `error`: what to make of it. */
  readonly failure?: FailureClass;
}

/** Reads one stream from its first event to its last. */
export interface StreamReader {
  read(data: string): EventReading;
  /** Whether what came so far is a whole answer: the closing mark, or every choice with its reason to stop. */
  readonly complete: boolean;
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

/** A wire format: everything that depends on it, and nothing else. One file each. */
export interface Dialect {
  readonly name: string;
  /** Below the upstream's base URL. */
  readonly path: string;
  authHeaders(apiKey: string): Readonly<Record<string, string>>;
  isStream(body: JsonObject): boolean;
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
  errorBody(error: { code: string; message: string; type: string }): JsonObject;
}
