import { describe, expect, test } from '@jest/globals';
import { instrument } from './instrument.js';

/** What `f` of this source gives with each of its mutants on, and last with none. */
function outcomes(source: string, input: unknown): unknown[] {
  const { code, mutations } = instrument(source, 0);
  return [...mutations.keys(), -1].map((on) => {
    const isOn = (mutant: number): boolean => mutant === on;
    // eslint-disable-next-line typescript/no-implied-eval -- what is instrumented is code
    const f = new Function('$mutant', `${code}; return f;`)(isOn) as (input: unknown) => unknown;
    try {
      return f(input);
    } catch (error) {
      return (error as Error).name;
    }
  });
}

function changes(source: string): string[] {
  return instrument(source, 0).mutations.map(({ original, replacement }) => `${original} → ${replacement}`);
}

describe('a file with its mutants in it', () => {
  test.each([
    ['a < 3', 'return a < 3', 3, [true, true, true, false, true, false]],
    ['a call that may be left out', 'const all = []; all.push(a); return all', 1, [undefined, [], undefined, [1]]],
    ['a question mark', 'return a?.b', undefined, ['TypeError', undefined, undefined]],
  ])('gives something else with one of them on, and what it gave with none: %s', (_what, body, input, expected) => {
    expect(outcomes(`function f(a) { ${body}; }`, input)).toEqual(expected);
  });

  test('leaves an else where it belongs', () => {
    const source = 'function f(a) { const seen = []; if (a) seen.push(1); else seen.push(2); return seen; }';
    expect(outcomes(source, true).at(-1)).toEqual([1]);
    expect(outcomes(source, false).at(-1)).toEqual([2]);
  });

  test('numbers them from where another file has ended', () => {
    expect(instrument('export const a = 1;', 40).code).toBe('export const a = ($mutant(40) ? (2) : (1));');
  });
});

describe('what is broken', () => {
  test.each([
    ['a >= b', ['a >= b → (a) > (b)', 'a >= b → (a) < (b)']],
    ['a ?? b', ['a ?? b → (a) && (b)']],
    ['a.some(b)', ['a.some(b) → a.every(b)']],
    ['a.filter(b)', ['a.filter(b) → a']],
    ['a += 1', ['a += 1 → a -= 1', '1 → 2']],
    ["'word'", ['\'word\' → ""']],
    ['/^a$/', ['/^a$/ → /a$/', '/^a$/ → /^a/']],
    ['[b, {}]', ['[b, {}] → []']],
    ['!a', ['!a → a']],
  ])('%s', (code, expected) => {
    expect(changes(`x = ${code};`)).toEqual(expected);
  });

  test.each(["x = 'a sentence for people';", "import a from 'b';", 'var __metadata = 1;', "x = a === 'state' || b;"])(
    'never what is prose, or not ours, or broken already around it: %s',
    (code) => {
      expect(changes(code).filter((change) => change.startsWith("'"))).toEqual([]);
    },
  );
});
