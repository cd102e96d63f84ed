const UNSENDABLE = /[^\t\x20-\x7e]/u;

/**
 * A text of ours as the value of a header. Node throws at characters that cannot stand in one, and an answer would be
 * lost over its own name: such characters are percent-encoded.
 */
export function headerValue(text: string): string {
  if (!UNSENDABLE.test(text)) return text;
  return Array.from(text, (char) => (UNSENDABLE.test(char) ? percentEncoded(char) : char)).join('');
}

/** Half of a surrogate pair becomes the replacement character, at which `encodeURIComponent` would throw. */
function percentEncoded(char: string): string {
  return Array.from(Buffer.from(char), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
