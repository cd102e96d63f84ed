/** Tokens as the provider counted them. */
export interface Usage {
  /** All input tokens, the cached ones included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
}
