import type { Usage } from '../../domain/usage.js';

/** An answer before it takes the shape of a format. */
export interface Said {
  readonly model: string;
  /** The pieces of a stream; together they are the text. */
  readonly words: readonly string[];
  readonly usage: Usage;
}

/** How one wire format writes whole answers and errors. */
export interface Format {
  readonly whole: (said: Said, body: Readonly<Record<string, unknown>>) => object;
  readonly error: (code: string, message: string) => object;
}

/** …and streams. */
export interface StreamedFormat extends Format {
  /** Everything up to the first word. */
  readonly start: (said: Said) => string;
  readonly word: (model: string, word: string) => string;
  readonly end: (said: Said) => string;
}

export function isStreamed(format: Format): format is StreamedFormat {
  return 'start' in format;
}

export function openAiError(code: string, message: string): object {
  return { error: { message, code } };
}
