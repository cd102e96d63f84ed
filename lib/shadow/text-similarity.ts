import { stringSimilarity } from 'string-similarity-js';

/** Characters of each text that are compared. Takes at most half a millisecond. */
export const COMPARED_CHARS = 4_000;
/** Trigrams tell texts of one language apart; bigrams do not. */
const GRAM = 3;

/**
 * Similarity of two texts, 0–1: the Sørensen–Dice coefficient of their trigrams, ignoring case. `null` when both are
 * empty: nothing was compared.
 */
export function textSimilarity(a: string, b: string): number | null {
  const left = normalised(a);
  const right = normalised(b);
  if (left === '' && right === '') return null;
  return left === right ? 1 : stringSimilarity(left, right, GRAM);
}

function normalised(text: string): string {
  return text.slice(0, COMPARED_CHARS).trim().toLowerCase();
}
