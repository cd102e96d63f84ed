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
  readonly imageInputTokens?: number;
  /** The provider's name of the service that it took them by, where that is not its usual one. */
  readonly serviceTier?: string;
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
  'imageInputTokens',
] as const satisfies readonly (keyof Usage)[];

/** Whether all counts make sense: they come from a provider, or from a caller's request. */
export function isCountable(usage: Usage): boolean {
  return KINDS.every((kind) => {
    const count = usage[kind] ?? 0;
    return count >= 0 && Number.isFinite(count);
  });
}

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

/**
 * The price of tokens on a model in US dollars; `undefined` when unknown.
 *
 * @param upstream id of the upstream: providers take different prices for the same model.
 */
export type PriceOf = (model: string, usage: Usage, upstream?: string) => number | undefined;
