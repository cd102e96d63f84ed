import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from '@babel/parser';
import { describe, expect, test } from '@jest/globals';

const LIB = new URL('../../lib/', import.meta.url);

interface Pattern {
  readonly pattern: string;
  readonly flags: string;
}

interface Token {
  readonly type: { readonly label: string };
  readonly value?: Pattern;
}

/** `schematics` run once, on the developer's own files: nobody sends them anything. */
const sources = readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !/\.(spec|contract)\.|^schematics\//.test(file),
);
const textOf = (file: string): string => readFileSync(new URL(file, LIB), 'utf8');

/** Every regular expression that stands in a source, each once, with where it stands. */
const patterns = new Map<string, Pattern & { readonly file: string }>();
for (const file of sources) {
  const { tokens } = parse(textOf(file), {
    sourceType: 'module',
    tokens: true,
    plugins: ['typescript', 'decorators-legacy', ...(file.endsWith('x') ? (['jsx'] as const) : [])],
  });
  for (const { type, value } of (tokens ?? []) as Token[]) {
    if (type.label === 'regexp' && value) patterns.set(`${value.pattern}/${value.flags}`, { ...value, file });
  }
}

describe('regular expressions', () => {
  test('are found wherever they stand, and none is put together from what somebody sends', () => {
    expect(patterns.size).toBeGreaterThan(50);
    const built = sources.filter((file) => /new RegExp\(/.test(textOf(file)));
    // Of the paths that are mounted: text between slashes, each part escaped.
    expect(built).toEqual(['http/paths-matcher.ts']);
  });

  test('take a time that grows with the text and no faster, whatever the text', () => {
    const checker = new URL('./support/check-patterns.js', import.meta.url).pathname;
    const found = execFileSync(process.execPath, [checker], { input: JSON.stringify([...patterns.values()]) });
    expect(JSON.parse(found.toString())).toEqual([]);
  });
});
