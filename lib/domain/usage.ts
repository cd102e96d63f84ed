/** Tokens as the provider counted them. */
export interface Usage {
  /** All input tokens, the cached ones included. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  /** Input tokens that were written to a cache, and the part of them that is kept for an hour. */
  readonly cacheWriteTokens?: number;
  readonly cacheWrite1hTokens?: number;
  /** Output tokens that were thoughts. */
  readonly reasoningTokens?: number;
  readonly audioInputTokens?: number;
  readonly audioOutputTokens?: number;
}

const KINDS = [
  'inputTokens',
  'outputTokens',
  'cachedInputTokens',
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'reasoningTokens',
  'audioInputTokens',
  'audioOutputTokens',
] as const satisfies readonly (keyof Usage)[];

/** The usage of several pieces of one answer together; `undefined` when none was counted. */
export function sumOfUsages(usages: readonly (Usage | undefined)[]): Usage | undefined {
  const counted = usages.filter((usage) => usage !== undefined);
  if (counted.length === 0) return undefined;
  const sum: { -readonly [Kind in keyof Usage]: Usage[Kind] } = {
    inputTokens: 0,
    outputTokens: 0,
    cachedInputTokens: 0,
  };
  for (const usage of counted) {
    for (const kind of KINDS) if (usage[kind] !== undefined) sum[kind] = (sum[kind] ?? 0) + usage[kind];
  }
  return sum;
}

/** The price of tokens on a model in US dollars; `undefined` when unknown. */
export type PriceOf = (model: string, usage: Usage) => number | undefined;
