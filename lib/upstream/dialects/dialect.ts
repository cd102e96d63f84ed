import type { JsonObject } from '../../kit/json.js';
import type { z } from 'zod';
import type { VersionSystemPrompt } from '../../domain/version.js';
import type { Endpoint } from '../endpoint.js';
import type { SseEvent } from '../sse.js';
import type { OpaqueState } from './opaque-state.js';
import type { AnswerReading, OfferedTools, StreamReader, ToolCallPiece } from './readings.js';

/** Reads what a request asks for. */
interface RequestReader {
  /** The conversation as text, with its instructions first. */
  conversation(body: JsonObject): string;
  /** The JSON schema that the answer's text must match; `undefined` when the request asks for none. */
  schema(body: JsonObject): unknown;
  /** Name of the one tool that the answer must call, if there is one. */
  forcedTool(body: JsonObject): string | undefined;
  tools(body: JsonObject): OfferedTools;
}

/** Finds the tool calls of an answer. */
interface ToolCallFinder {
  inAnswer(json: JsonObject): readonly ToolCallPiece[];
  /** Runs for every event of a stream that is watched: most carry text alone. */
  inEvent(data: string): readonly ToolCallPiece[];
}

/** The usage event of a stream, in a format that sends one only on request. */
interface UsageEvent {
  isAsked(body: JsonObject): boolean;
  ask(body: JsonObject): JsonObject;
}

/** How another environment continues an answer that broke off. */
export interface Continuation {
  /** The request with the answer so far as its last turn. */
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
  /** The provider's own event that said so, parsed. */
  readonly said?: JsonObject | undefined;
}

/** The part of a stream that was sent before an error ends it. */
export interface SentEvents {
  readonly start?: JsonObject | undefined;
  /** Data of its last event. */
  readonly last?: string | undefined;
}

/** A wire format: everything that depends on it, and nothing else. One file each, and one line in `dialects.ts`. */
export interface Dialect<Name extends string = string> {
  readonly name: Name;
  /** How the URLs of its clients end. */
  readonly path: string;
  /** Where servers speak it below their base URL, and how they take the key. A provider's file may say otherwise. */
  readonly endpoint: Endpoint;
  /** The gateway's own endpoint for it: the handler's name and one sentence in the OpenAPI document. */
  readonly gateway: { readonly handler: string; readonly summary: string };
  /** The object of a stream's events that names the model. Absent where every event names it itself. */
  readonly modelHolder?: string;
  /** `gen_ai.provider.name` for a base URL of unknown origin. */
  readonly vendor: string;
  /** `gen_ai.operation.name`. */
  readonly operation: 'chat' | 'text_completion' | 'embeddings' | 'compact';

  /** Sent with every call, unless the environment or the caller says otherwise. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers of the caller that are part of the format and reach the upstream. */
  readonly callerHeaders: readonly string[];
  /** Those of them that are lists: the environment's value and the caller's are joined. */
  readonly listHeaders: readonly string[];

  /** Fields without which a body is not a request of this format. */
  readonly required: Readonly<Record<string, 'list' | 'value'>>;
  /** Fields that say what is asked. They belong to the request: a version's parameters cannot set them. */
  readonly requestFields: readonly string[];
  /** Names of the limit on output tokens; the first is the one to use. None where answers have no output tokens. */
  readonly limitFields: readonly string[];
  /** Where a request lists the tools that the model may call. */
  readonly toolFields: readonly string[];
  /** Fields whose text is text, even when it begins like a file. */
  readonly textFields: ReadonlySet<string>;
  /** Fields that name a file stored elsewhere. */
  readonly fileFields: ReadonlySet<string>;
  readonly request: RequestReader;
  /** A short request that asks for a short answer, for probes. */
  question(prompt: string, maxTokens: number): JsonObject;
  withSystemPrompt(body: JsonObject, prompt: VersionSystemPrompt): JsonObject;

  /** Whether answers can be streams at all. */
  readonly streams: boolean;
  isStream(body: JsonObject): boolean;
  /** Absent where every stream tells its usage. */
  readonly usageEvent?: UsageEvent;
  /** `undefined` when the JSON is not an answer of this format. */
  readAnswer(json: unknown): AnswerReading | undefined;
  /** `body`: the request, which says when the answer is whole. */
  readStream(body: JsonObject): StreamReader;
  /** A whole answer as the events of a stream. Absent where answers are not streams. */
  eventsOf?(json: JsonObject): readonly SseEvent[];
  /** Absent where answers call no tools. */
  readonly toolCalls?: ToolCallFinder;
  /**
   * Finish reasons of an answer that ran out of tokens, of one that was refused or filtered, and of one that is still
   * being made.
   */
  readonly endings: {
    readonly cutOff: readonly string[];
    readonly refused: readonly string[];
    readonly pending?: readonly string[];
  };
  /** Values that only their maker can read. Absent where the format has no such values. */
  readonly state?: OpaqueState;
  /** Absent when an answer of this format cannot be continued. */
  readonly continuation?: Continuation;

  /** An error as its JSON body, in the shape that the format's SDKs understand. */
  errorBody(error: DialectError): JsonObject;
  /** An error as the event that ends a broken stream, such that the format's SDKs raise it. */
  errorEvent(error: DialectError, sent?: SentEvents): SseEvent;
  /**
   * A provider refuses in an event of a stream with status 200, and clients look for that event alone. Absent where
   * they understand an error answer as well.
   */
  readonly failsInEvents?: true;
  /** Reads the first event of a stream. Absent where the event of an error repeats nothing of it. */
  readonly startOf?: (data: string) => JsonObject | undefined;
  /** Statuses of providers that mean something to the format's SDKs, and reach them. */
  readonly ownStatuses?: readonly number[];
  /** Describes {@link errorBody} in the OpenAPI document. Absent for the shape of OpenAI's errors. */
  readonly errorSchema?: { readonly name: string; readonly schema: z.ZodType };
}

/** Whether answers are words for somebody: vectors and compacted conversations are not. */
export function hasWords({ operation }: Dialect): boolean {
  return operation === 'chat' || operation === 'text_completion';
}

/** The first required field that a body lacks. */
export function missingField({ required }: Dialect, body: JsonObject): string | undefined {
  for (const field in required) {
    const isThere = required[field] === 'list' ? Array.isArray(body[field]) : body[field] !== undefined;
    if (!isThere) return field;
  }
  return undefined;
}
