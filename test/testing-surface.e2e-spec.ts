/** What `nestjs-blue-green/testing` is as a part of the package. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as surface from 'nestjs-blue-green/testing';

const ROOT = new URL('../../', import.meta.url);
const LIB = new URL('dist/lib/', ROOT);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/** Without what the formatter and a comment's margin are. */
const bare = (code: string): string =>
  code
    .replace(/\n *\* ?/g, '\n')
    .replace(/\s+/g, '')
    .replace(/,(?=[}\])]|$)/g, '');

/** The files that importing this one loads, of ours. */
function loadedBy(file: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import) ?\(?'(\.[\w./-]+)'/g);
  for (const [, path] of imports) loadedBy(new URL(path!, file), seen);
  return seen;
}

test('exports this and nothing else at run time', () => {
  expect(Object.keys(surface)).toEqual([
    'FakeClock',
    'FakeUpstream',
    'RolloutDriver',
    'TestingError',
    'answer',
    'cutAfter',
    'delayed',
    'fail',
    'hang',
    'hangUp',
  ]);
});

test('is loaded by nothing that runs in production', () => {
  const testing = new URL('testing/', LIB).href;
  const isTesting = (file: string): boolean => file.startsWith(testing);
  for (const entry of ['index.js', 'cli/main.js']) {
    const loaded = [...loadedBy(new URL(entry, LIB))];
    expect(loaded.length).toBeGreaterThan(20);
    expect(loaded.filter(isTesting)).toEqual([]);
  }
  expect([...loadedBy(new URL('testing/index.js', LIB))].filter(isTesting).length).toBeGreaterThan(3);
});

test('its page has code that runs in a test, word for word', () => {
  const blocks = [...read('docs/testing.md').matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!);
  const run = bare(read('test/testing.e2e-spec.ts') + read('test/support/assistant.ts'));
  expect(blocks.length).toBeGreaterThan(5);
  expect(blocks.filter((code) => !run.includes(bare(code)))).toEqual([]);
});
