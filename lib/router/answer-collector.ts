import type { JsonAnswer } from '../upstream/attempt.js';
import { parseJson } from '../kit/json.js';
import type { Dialect } from '../upstream/dialects/dialect.js';
import type { StreamEvent } from '../upstream/upstream-stream.js';
import { ToolCallReader, type ToolCall } from './tool-calls.js';

/** What can be compared of an answer. */
export interface ComparableAnswer {
  readonly text: string;
  /** As {@link ToolCallReader.signatures}. */
  readonly toolCalls: readonly string[];
}

/** What is held of an answer. */
export interface CollectedAnswer extends ComparableAnswer {
  readonly calls: readonly ToolCall[];
  /** The answer says of itself that it is a refusal. */
  readonly refused: boolean;
}

/** An answer longer than this, in characters, is not held and not compared. */
export const MAX_COLLECTED = 256 * 1024;

/** Takes in one answer as it goes by, up to a bound. */
export class AnswerCollector {
  #text = '';
  #tools: ToolCallReader;
  #body: Buffer | undefined;
  #full = false;
  #refused = false;

  constructor(private readonly dialect: Dialect) {
    this.#tools = new ToolCallReader(dialect);
  }

  answered({ body, reading }: JsonAnswer): void {
    if (body.length > MAX_COLLECTED) {
      this.drop();
      return;
    }
    this.#text = reading.text;
    this.#refused = reading.refused === true;
    this.#body = body;
  }

  streamed(events: readonly StreamEvent[]): void {
    for (const { data, reading } of events) {
      if (this.#full) return;
      this.#text += reading.text ?? '';
      this.#refused ||= reading.refused === true;
      this.#tools.readEvent(data);
      if (this.#text.length + this.#tools.size > MAX_COLLECTED) this.drop();
    }
  }

  /** Lets go of what is held and takes in no more. */
  drop(): void {
    this.#full = true;
    this.#text = '';
    this.#tools = new ToolCallReader(this.dialect);
    this.#body = undefined;
  }

  /** `undefined` when there was more than can be held. */
  collected(): CollectedAnswer | undefined {
    if (this.#full) return undefined;
    if (this.#body) {
      this.#tools.readAnswer(parseJson(this.#body.toString('utf8')));
      this.#body = undefined;
    }
    const { signatures: toolCalls, calls } = this.#tools;
    return { text: this.#text, toolCalls, calls, refused: this.#refused };
  }
}
