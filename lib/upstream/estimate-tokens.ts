import { isObject } from './json.js';

const CHARS_PER_TOKEN = 4;

/** Fields whose text is a file: its length says nothing about tokens. */
const FILE_FIELDS = new Set(['data', 'file_data']);

/** Input tokens of a body, at four characters of text each; what is a file counts nothing. */
export function estimateTokens(body: unknown): number {
  return Math.ceil(charsIn(body) / CHARS_PER_TOKEN);
}

/** Characters of text in a body. A number in a list is a token already, as embeddings take them. */
function charsIn(value: unknown): number {
  if (typeof value === 'string') return value.startsWith('data:') ? 0 : value.length;
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, part) => sum + (typeof part === 'number' ? CHARS_PER_TOKEN : charsIn(part)), 0);
  }
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, part]) => sum + (FILE_FIELDS.has(key) && typeof part === 'string' ? 0 : charsIn(part)),
    0,
  );
}
