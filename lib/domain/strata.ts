/** Traits of a request, known beforehand: they must not depend on the answer or on the arm. */
export interface Traits {
  readonly streamed: boolean;
  readonly tools: boolean;
  readonly structured: boolean;
  readonly long: boolean;
  /** A hash of what the rollout groups by, such as the tenant; absent when the request has none. */
  readonly attribute?: number | undefined;
}

/** Groups that a plan's `groupBy` is hashed into: their number is fixed, the values need not be known. */
const ATTRIBUTE_BUCKETS = 8;
const TRAITS = ['streamed', 'tools', 'structured', 'long'] as const;

const GROUPS: readonly string[] = Array.from({ length: ATTRIBUTE_BUCKETS }, (_, n) => `group ${n + 1}`);

/** The parts of a rollout, with those of what it groups by. */
export function fixedStrata(isGrouped: boolean): readonly string[] {
  return isGrouped ? [...TRAITS, ...GROUPS] : TRAITS;
}

/** The parts that a request belongs to. */
export function strataOf(traits: Traits): string[] {
  const names: string[] = TRAITS.filter((trait) => traits[trait]);
  if (traits.attribute !== undefined) names.push(GROUPS[traits.attribute % ATTRIBUTE_BUCKETS]!);
  return names;
}
