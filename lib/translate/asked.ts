import type { ModelCall, PlainJsonObject } from './model.js';

/** How much a model may think. */
export interface Thinking {
  /** In words: `none`, `minimal`, `low`, `medium`, `high`, `xhigh`. */
  readonly effort?: string;
  /** In tokens. */
  readonly budget?: number;
  /** The model decides by itself. */
  readonly isAdaptive?: true;
  /** Whether a summary of the thoughts is wanted. */
  readonly summary?: string;
}

/** A request between two formats: what the model is asked, and what the AI SDK keeps in the options of each vendor. */
export interface Asked extends ModelCall {
  thinking?: Thinking;
  parallelToolCalls?: boolean;
  /** An opaque id of the end user. */
  user?: string;
  /** Answers have to match the schema to the letter. */
  strictFormat?: boolean;
  /** Hints of OpenAI's formats, as the AI SDK names them. */
  openai?: PlainJsonObject;
}

/** A request that was read, and what of it stays behind. */
export interface ReadRequest {
  readonly asked: Asked;
  /** Paths of the hints that were left out. */
  readonly dropped: readonly string[];
}

/** A request that was written, and what of it stays behind. */
export interface WrittenRequest {
  readonly body: Readonly<Record<string, unknown>>;
  readonly dropped: readonly string[];
}

/** The field that a setting of the prompt has in a wire format. */
export function wireName(setting: string): string {
  return setting.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
