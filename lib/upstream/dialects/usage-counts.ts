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

/** A usage; kinds of tokens that were not used are left out. @param tier the service that took them. */
export function usageFrom(counts: Counts, tier?: string): Usage {
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0, ...kinds } = counts;
  const used = Object.entries(kinds).filter(([, count]) => count !== undefined && count > 0);
  const usage = { inputTokens, outputTokens, cachedInputTokens, ...Object.fromEntries(used) };
  return USUAL_TIERS.has(tier) ? usage : { ...usage, serviceTier: tier! };
}

/** Counts of a stream are cumulative: later ones replace earlier ones, but a zero never replaces a count. */
export function laterUsage(before: Usage | undefined, now: Usage | undefined): Usage | undefined {
  if (!before || !now) return now ?? before;
  const known = Object.entries(before).filter(([name]) => !now[name as keyof Usage]);
  return { ...now, ...Object.fromEntries(known) };
}
