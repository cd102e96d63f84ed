const { imul } = Math;

/** Buckets that the units of an arm fall into. */
export const BUCKETS = 64;
const BUCKET_SHIFT = 26;

/**
 * A second hash of a unit, 32 bits. The unit itself is the hash that routes: below a share of 5% are only its lowest
 * values. Every bit of this one depends on every bit of that, so that each arm has units everywhere. It is
 * one-to-one: no two units collide.
 *
 * The mixing constants are those of Chris Wellons' `lowbias32` (public domain).
 */
export function secondHash(unit: number): number {
  let hash = (unit ^ 0x5bd1e995) >>> 0;
  hash = imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * The bucket of a second hash, from its high bits. {@link isKept} goes by the low ones, so thinning leaves no bucket
 * empty.
 */
export function bucketOf(hash: number): number {
  return hash >>> BUCKET_SHIFT;
}

/**
 * Whether the unit of a second hash still counts when one unit of 2^level does. Needs a remainder only, as Redis
 * scripts have.
 */
export function isKept(hash: number, level: number): boolean {
  return hash % 2 ** level === 0;
}
