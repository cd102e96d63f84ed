/**
 * Immutable configuration of a model. It names an upstream that the options declared and never carries an
 * address or a key, so that it can be written to the journal and shown to anyone who may read.
 */
export interface Version {
  /** Lower-case letters, digits, `-` and `.`, at most 64 characters. */
  readonly tag: string;
  /** The model's name as its provider spells it. */
  readonly model: string;
  /** Name of the upstream: `<route>/<environment>`. */
  readonly upstream: string;
  readonly capabilities?: Capabilities;
}

/** What a model can do, as far as it is declared. */
export interface Capabilities {
  /** Context window, tokens. */
  readonly maxTokens?: number | undefined;
  readonly supportsStreaming?: boolean | undefined;
  readonly supportsTools?: boolean | undefined;
  /** Goes on with an answer that ends in an assistant message. */
  readonly assistantPrefill?: boolean | undefined;
}

export const VERSION_TAG = /^[a-z0-9.-]{1,64}$/;

/** A tag made of a model's name, for versions that were not given one: `openai/GPT_4o` → `openai-gpt-4o`. */
export function tagOf(model: string): string {
  return (
    model
      .toLowerCase()
      .replace(/[^a-z0-9.-]/g, '-')
      .slice(0, 64) || 'default'
  );
}
