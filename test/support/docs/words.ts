import type { Spoken } from './spoken.js';

/** A way to write that reads like a translation. */
export interface Word {
  readonly pattern: RegExp;
  /** A sentence that has it. */
  readonly wrong: string;
  /** The advice. */
  readonly write: string;
  /** Sentences that look alike and are fine. */
  readonly right: readonly string[];
}

export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

const AROUND = 40;

export const WORDS: readonly Word[] = [
  {
    pattern: /(?:^|(?<=[.!?] ))(?:Who|What|Whoever|Whatever|Whom|Whose) [^?.|]*[^?|]\.(?= |$)/g,
    wrong: 'What the caller got.',
    write: 'begin with the thing, not with "who" or "what"',
    right: ['What is green? It is tried.', 'The text that the caller got.', 'What it means'],
  },
  {
    pattern: /\b(?:has|have|had) not (?:the|a|an|yet)\b/g,
    wrong: 'The key "x" has not the scope.',
    write: 'the key lacks the scope',
    right: ['The step has not ended.'],
  },
  {
    pattern:
      /(?<!\b[Tt]here )\b(?:is|are|was|were) no (?!longer|more|fewer|less|different|better|worse|matter|need|later|other|\w+er\b)\w+/g,
    wrong: '8 is no port.',
    write: '8 is not a port',
    right: ['There is no port.', 'It is no longer live.', 'It is no worse.'],
  },
  {
    pattern: /\b(?:gone|goes|go|going|went) on (?:with|from|where|as|at|without|by|to (?:its|their))\b/g,
    wrong: 'It is gone on with elsewhere.',
    write: 'it is continued elsewhere',
    right: ['Calls go on.', 'The rollout continues.'],
  },
  {
    pattern: /\bbehind (?:its|the|their|a) (?:first|last|end|fence|chunk)\b/g,
    wrong: 'It breaks behind its first chunk.',
    write: 'after its first chunk',
    right: ['The provider behind a relay.'],
  },
  {
    pattern: /\b[Mm]end(?:s|ed|ing)?\b/g,
    wrong: 'Mend what is listed.',
    write: 'fix',
    right: ['amended'],
  },
  {
    pattern: /\d %/g,
    wrong: 'It has 5 % of the traffic.',
    write: '5%',
    right: ['5%', 'n % 5'],
  },
  { pattern: /\banew\b/g, wrong: 'It begins anew.', write: 'again', right: ['a new one'] },
  {
    pattern: /\bas it should be\b|\bof their own accord\b|\bin earnest\b/g,
    wrong: 'It is as it should be.',
    write: 'what was measured',
    right: [],
  },
  {
    pattern: /\b(?:[Tt]ells?|[Tt]old|[Hh]ears?|[Hh]eard) of\b/g,
    wrong: 'It hears of the end.',
    write: 'it gets, sees, or reports the end',
    right: ['It tells the log.'],
  },
  { pattern: /\[over there\]/g, wrong: 'It is [over there](x.md).', write: 'the name of the page', right: [] },
  {
    pattern:
      /\b(?:[Cc]olour\w*|[Ff]avour\w*|[Hh]onour\w*|[Nn]eighbour\w*|(?:[Rr]ecogn|[Oo]rgan|[Nn]ormal|[Ss]erial|[Oo]ptim|[Ii]nitial|[Ss]ummar|[Mm]inim|[Mm]axim|[Aa]uthor|[Cc]ategor|[Ss]ynchron|[Uu]til|[Ee]mphas|[Aa]nal)(?:is|ys)(?:e|ed|es|er|ing|ation)\b|[Ll]icence\w*|[Cc]atalogue\w*|[Cc]entre\w*|[Cc]ancell(?:ed|ing)\b|[Tt]ravell\w+|[Gg]rey\w*|[Ww]hilst|[Aa]mongst|[Ll]earnt|[Ss]poilt|[Aa]rtefact\w*|[Jj]udgement\w*|[Pp]rogramme\b|[Mm]odell(?:ed|ing)|[Ll]abell(?:ed|ing)|[Ff]ulfil\b|[Dd]earer|[Dd]earest|[Ss]ignall(?:ed|ing))/g,
    wrong: 'Colours are slots.',
    write: 'the American spelling',
    right: ['Colors are slots.', 'analysis'],
  },
];

/** Where it is written, with the words around. */
export function found({ pattern }: Pick<Word, 'pattern'>, spoken: readonly Spoken[]): Finding[] {
  return spoken.flatMap(({ file, line, text }) =>
    [...text.matchAll(pattern)].map(({ 0: hit, index }) => ({
      file,
      line,
      text: text.slice(Math.max(0, index - AROUND), index + hit.length + AROUND),
    })),
  );
}
