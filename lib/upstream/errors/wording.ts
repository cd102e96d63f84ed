/** A way to say something: a sentence that has one phrase of each group, in any order. Lower case. */
export type Wording = readonly (readonly string[])[];

/**
 * Whether a text says it in one of the given ways. By searching, not by patterns: providers quote the request, and a
 * pattern with gaps takes long for some texts.
 */
export function isSaid(text: string, wordings: readonly Wording[]): boolean {
  const sentences = text.toLowerCase().split(/[.!?]\s/);
  return sentences.some((sentence) => wordings.some((wording) => wording.every((group) => hasOne(sentence, group))));
}

export function hasOne(text: string, phrases: readonly string[]): boolean {
  return phrases.some((phrase) => text.includes(phrase));
}
