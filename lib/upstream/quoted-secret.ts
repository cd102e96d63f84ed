import type { UpstreamConfig } from './upstream-config.js';

/** A shorter header is not a secret: an answer may contain it by chance. */
const SHORTEST_SECRET = 12;

/** Parts of a key of this length are looked for, one every so many characters: what begins all keys is shorter. */
const PART = 16;
const STEP = 8;

/** The texts of an upstream that its answers must not contain. */
const known = new WeakMap<object, readonly string[]>();

/**
 * Whether the provider quotes our key, or a part of it, plain or encoded. Some do when they refuse it, even with a
 * status that blames the request.
 */
export function repeatsSecret(body: Buffer, config: UpstreamConfig): boolean {
  let texts = known.get(config);
  if (!texts) known.set(config, (texts = textsOf(config)));
  return texts.some((text) => body.includes(text));
}

function textsOf({ apiKey, headers }: UpstreamConfig): string[] {
  const key = apiKey || '';
  const whole = [key, ...Object.values(headers)].filter(({ length }) => length >= SHORTEST_SECRET);
  return key.length < SHORTEST_SECRET ? whole : [...new Set([...whole, ...partsOf(key), ...encoded(key)])];
}

function partsOf(key: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at + PART <= key.length; at += STEP) parts.push(key.slice(at, at + PART));
  if (key.length >= PART) parts.push(key.slice(-PART));
  return parts;
}

function encoded(key: string): string[] {
  const bytes = Buffer.from(key);
  const url = encodeURIComponent(key);
  return [bytes.toString('hex'), bytes.toString('hex').toUpperCase(), url, ...inBase64(bytes)];
}

/**
 * However many bytes come before the key: a header is encoded as `Bearer …`. Characters that depend on their neighbors
 * are left out.
 */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const first = Math.ceil((before * 8) / 6);
    const own = text.slice(first, Math.floor(((before + bytes.length) * 8) / 6));
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
