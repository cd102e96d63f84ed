/** One line without control characters: text from people must not steer a terminal or add lines to a log. */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ');
}
