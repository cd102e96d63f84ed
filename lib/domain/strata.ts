/** Traits of a request, known beforehand: they must not depend on the answer or on the arm. */
export interface Traits {
  readonly streamed: boolean;
  readonly tools: boolean;
  readonly structured: boolean;
  readonly long: boolean;
  /** A hash of the configured attribute, such as the tenant; absent when the request has none. */
  readonly attribute?: number | undefined;
}

/** Parts that a configured attribute is hashed into. */
const ATTRIBUTE_BUCKETS = 8;
const TRAITS = ['streamed', 'tools', 'structured', 'long'] as const;

/** The parts of every rollout, and those of an attribute where one is configured. */
export const TRAIT_STRATA: readonly string[] = TRAITS;
export const ATTRIBUTE_STRATA: readonly string[] = Array.from(
  { length: ATTRIBUTE_BUCKETS },
  (_, n) => `group ${n + 1}`,
);

/** The parts that a request belongs to. */
export function strataOf(traits: Traits): string[] {
  const names: string[] = TRAITS.filter((trait) => traits[trait]);
  if (traits.attribute !== undefined) names.push(ATTRIBUTE_STRATA[traits.attribute % ATTRIBUTE_BUCKETS]!);
  return names;
}
