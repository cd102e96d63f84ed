const { imul } = Math;

/**
 * MurmurHash3 (x86, 32 bit) of a string's UTF-16 code units, low byte first. It is not cryptographic: it spreads keys
 * evenly and takes well under a microsecond. Splitting traffic needs no more.
 *
 * @see Austin Appleby, https://github.com/aappleby/smhasher (public domain)
 */
export function murmur3(key: string, seed: number): number {
  let hash = seed | 0;
  const { length } = key;
  const pairs = length & ~1;
  for (let i = 0; i < pairs; i += 2) {
    hash ^= scramble(key.charCodeAt(i) | (key.charCodeAt(i + 1) << 16));
    hash = (hash << 13) | (hash >>> 19);
    hash = (imul(hash, 5) + 0xe6546b64) | 0;
  }
  if (length & 1) hash ^= scramble(key.charCodeAt(length - 1));

  hash ^= length * 2;
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block: number): number {
  const mixed = imul(block, 0xcc9e2d51);
  return imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

/** Seed of the hashes of access keys' names. */
const ACCESS_KEYS = 0x6b657973;

/** Hash of the name of an access key: nobody has to keep the name. */
export function accessKeyOf(name: string): number {
  return murmur3(name, ACCESS_KEYS);
}

/** Seed of the hashes of what a rollout groups by. */
const GROUPS = 0x67727073;

/** Hash of a value that a rollout groups requests by. */
export function groupOf(value: string): number {
  return murmur3(value, GROUPS);
}
