/** Anything that stands for a value: `…` on a page, `${…}` in the source, or what is quoted. */
const VALUE = /…|\$\{(?:[^{}]|\{[^{}]*\})*\}|\\?"/;

/** The strings and templates of a source file; strings that are joined with `+` count as one. */
export function literalsIn(source: string): string[] {
  const code = source
    .replace(/\/\*\*.*?\*\//gs, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/(['`]) \+\s+\1/g, '');
  return [...code.matchAll(/'((?:\\.|[^'\\\n])*)'|`((?:\\.|[^`\\])*)`/g)].map(([, a, b]) =>
    (a ?? b)!.replace(/\\'/g, "'"),
  );
}

/** What is left of a sentence without its values. */
export function partsOf(sentence: string): string[] {
  return sentence
    .split(VALUE)
    .map((part) => part.trim())
    .filter((part) => part.split(' ').length > 1);
}

/** Runs of words between values and punctuation. */
export function phrasesOf(sentence: string): string[] {
  return sentence
    .split(new RegExp(`${VALUE.source}|[:;,.()%$]`))
    .map((part) => part.trim())
    .filter((part) => part.split(' ').length > 1);
}

/** The part that tells a sentence from others. */
export function longestPart(sentence: string): string {
  return partsOf(sentence).toSorted((a, b) => b.length - a.length)[0] ?? '';
}
