import type { Usage } from '../../domain/usage.js';
import { numberAt, type JsonObject } from '../../kit/json.js';

type Counts = { -readonly [Name in Exclude<keyof Usage, 'serviceTier'>]?: number | undefined };

/** The count of the first field that has one; zero says nothing where another field may know more. */
export function firstCount(...counts: readonly (number | undefined)[]): number | undefined {
  return counts.find((count) => count !== undefined && count > 0) ?? counts.find((count) => count !== undefined);
}

export function countAt(json: JsonObject | undefined, field: string): number | undefined {
  return json && numberAt(json, field);
}

/** Names of what a provider does when nothing else is asked. */
const USUAL_TIERS = new Set<string | undefined>([undefined, 'default', 'standard', 'auto', 'on_demand']);

/** Kinds of tokens that few answers have. */
const KINDS = [
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'reasoningTokens',
  'audioInputTokens',
  'audioOutputTokens',
  'imageInputTokens',
] as const satisfies readonly (keyof Counts)[];

/** A usage; kinds of tokens that were not used are left out. @param tier the service that took them. */
export function usageFrom(counts: Counts, tier?: string): Usage {
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0 } = counts;
  const usage: { -readonly [Name in keyof Usage]: Usage[Name] } = { inputTokens, outputTokens, cachedInputTokens };
  for (const kind of KINDS) {
    const count = counts[kind];
    if (count !== undefined && count > 0) usage[kind] = count;
  }
  return USUAL_TIERS.has(tier) ? usage : { ...usage, serviceTier: tier! };
}

/** Counts of a stream are cumulative: later ones replace earlier ones, but a zero never replaces a count. */
export function laterUsage(before: Usage | undefined, now: Usage | undefined): Usage | undefined {
  if (!before || !now) return now ?? before;
  const known = Object.entries(before).filter(([name]) => !now[name as keyof Usage]);
  return { ...now, ...Object.fromEntries(known) };
}
