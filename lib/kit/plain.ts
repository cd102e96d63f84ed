/** Control characters, the other ends of a line, and marks that turn the direction of what follows them. */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g;

/** One line without control characters: text from people must not steer a terminal or add lines to a log. */
export function plain(text: string): string {
  return text.replace(UNSAFE, ' ');
}
