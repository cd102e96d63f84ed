import type { JsonAnswer } from '../upstream/send.js';
import { parseJson } from '../kit/json.js';
import type { Dialect } from '../upstream/dialects/dialect.js';
import type { StreamEvent } from '../upstream/accepted-events.js';
import { ToolCallReader, type ToolCall } from './tool-calls.js';

/** The parts of an answer that are compared. */
export interface ComparableAnswer {
  readonly text: string;
  /** As {@link ToolCallReader.signatures}. */
  readonly toolCalls: readonly string[];
}

/** The parts of an answer that are kept. */
export interface CollectedAnswer extends ComparableAnswer {
  readonly calls: readonly ToolCall[];
  /** The answer marks itself as a refusal. */
  readonly refused: boolean;
}

/** A longer answer, in characters, is neither kept nor compared. */
export const MAX_COLLECTED = 256 * 1024;

/** Collects one answer as it goes by, up to a bound. */
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

  /** Forgets what it has collected and collects no more. */
  drop(): void {
    this.#full = true;
    this.#text = '';
    this.#tools = new ToolCallReader(this.dialect);
    this.#body = undefined;
  }

  /** `undefined` when the answer was too long. */
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
