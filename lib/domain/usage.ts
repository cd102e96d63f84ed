/** Tokens as the provider counted them. */
export interface Usage {
  /** All input tokens, the cached ones included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
}

/** The usage of several pieces of one answer together; `undefined` when none was counted. */
export function sumOfUsages(usages: readonly (Usage | undefined)[]): Usage | undefined {
  const counted = usages.filter((usage) => usage !== undefined);
  if (counted.length === 0) return undefined;
  return {
    inputTokens: counted.reduce((sum, usage) => sum + usage.inputTokens, 0),
    outputTokens: counted.reduce((sum, usage) => sum + usage.outputTokens, 0),
    cachedInputTokens: counted.reduce((sum, usage) => sum + usage.cachedInputTokens, 0),
  };
}

/** The price of tokens on a model in US dollars; `undefined` when unknown. */
export type PriceOf = (model: string, usage: Usage) => number | undefined;
