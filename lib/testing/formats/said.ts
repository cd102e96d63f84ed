import type { Usage } from '../../domain/usage.js';

/** What an answer consists of, in whatever format it is given. */
export interface Said {
  readonly model: string;
  /** One piece of a stream each; together they are the text. */
  readonly words: readonly string[];
  readonly usage: Usage;
}

/** How an answer is written down in one format: whole, or as the events of a stream. */
export interface Format {
  readonly whole: (said: Said) => object;
  /** Everything up to the first word. */
  readonly start: (said: Said) => string;
  readonly word: (model: string, word: string) => string;
  readonly end: (said: Said) => string;
}
