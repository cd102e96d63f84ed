import { describe, expect, test } from '@jest/globals';
import { found, type Finding, WORDS } from './support/docs/words.js';
import { spokenIn, type Spoken } from './support/docs/spoken.js';

const all = spokenIn();
const shown = ({ file, line, text }: Finding): string => `${file}:${line} ${text}`;
const spoken = (text: string): readonly Spoken[] => [{ file: 'a.ts', line: 1, text }];

describe('plain English', () => {
  test('is looked for in comments, in strings and on pages', () => {
    const files = new Set(all.map(({ file }) => file));
    expect(files.size).toBeGreaterThan(400);
    for (const file of ['lib/analysis/decide.ts', 'lib/dashboard/page/login.tsx', 'docs/operating.md']) {
      expect(files).toContain(file);
    }
    const said = all.map(({ text }) => text);
    expect(said).toContain('The traffic is being rolled back.');
    expect(said).toContainEqual(expect.stringContaining('Decides on a rollout. Pure: the same rollout, weights,'));
  });

  test.each(WORDS)('$wrong: $write', ({ wrong, right, ...word }) => {
    expect(found(word, spoken(wrong)).length).toBe(1);
    for (const text of right) expect(found(word, spoken(text))).toEqual([]);
    expect(found(word, all).map(shown)).toEqual([]);
  });
});
