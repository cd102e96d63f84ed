/**
 * One line without control characters: what people wrote steers no terminal, and writes no lines of its own into a log.
 */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ');
}
