import type { FailureClass } from '../../domain/outcome.js';
import type { Usage } from '../../domain/usage.js';
import type { ErrorFacts } from '../errors/error-facts.js';
import type { SseEvent } from '../sse.js';

/** A whole JSON answer, read. */
export interface AnswerReading {
  readonly model: string | undefined;
  readonly text: string;
  /** The thoughts that the provider shows. */
  readonly reasoning?: string;
  /** The service tier that answered, in the provider's words. */
  readonly serviceTier?: string | undefined;
  readonly usage: Usage | undefined;
  readonly finishReason: string | undefined;
  /** The answer says that it is a refusal, in the field that its format has for that. */
  readonly refused?: true;
  /** The provider failed and says so in an answer with a success status. */
  readonly failure?: FailureClass | undefined;
  /** With `failure`: what else it says. */
  readonly facts?: ErrorFacts;
}

/** One event of a stream, read. */
export interface EventReading {
  /**
   * `content`: what the user waits for: text, thoughts, a tool call, sound, a source. `meta`: anything else that
   * belongs to the answer. `usage`: an event that carries only token counts. `end`: the format's closing mark. `error`:
   * the provider failed. `malformed`: not readable.
   */
  readonly kind: 'content' | 'meta' | 'usage' | 'end' | 'error' | 'malformed';
  readonly text?: string;
  readonly reasoning?: string;
  /** As {@link AnswerReading.refused}. */
  readonly refused?: true;
  /** With `error`: its class. */
  readonly failure?: FailureClass;
  /** With `error`: what else it says. */
  readonly facts?: ErrorFacts;
}

/** Reads one stream from its first event to its last. */
export interface StreamReader {
  read(data: string): EventReading;
  /** Whether the answer so far is whole: it has its closing mark, or each of its parts has ended. */
  readonly complete: boolean;
  /** Ends a whole answer when the provider left its own mark out. Absent where every whole answer has one. */
  readonly closingMark?: SseEvent;
  readonly model: string | undefined;
  readonly usage: Usage | undefined;
  readonly finishReason: string | undefined;
  /** The warnings of a model object's package, at the beginning of its stream. */
  readonly warnings?: unknown;
}

/** A tool call of an answer, or a piece of one. */
export interface ToolCallPiece {
  /** The number that the provider gives the call. Pieces with the same number belong together. */
  readonly index: number;
  readonly id?: string | undefined;
  readonly name: string;
  /** JSON, as far as it has come. */
  readonly args: string;
  /** Only continues a call: without one under this number the piece means nothing. */
  readonly continues?: true;
  /** The whole call, in place of the pieces that have come. */
  readonly replaces?: true;
}

/** The tools that an answer may call. */
export interface OfferedTools {
  /** Their JSON schemas by name; `undefined` for a tool that takes anything. */
  readonly schemas: ReadonlyMap<string, unknown>;
  /** Whether these are all of them: some may be known to the provider alone. */
  readonly isWhole: boolean;
}
