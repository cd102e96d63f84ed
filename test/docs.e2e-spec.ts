import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { commandProblems } from './support/docs/commands.js';
import { optionsProblem, yamlProblem } from './support/docs/configs.js';
import { gatesIn } from './support/docs/gates.js';
import { anchorsOf, codeBlocks, fileAt, linksIn } from './support/docs/markdown.js';
import { examples, pages, read, ROOT, sources } from './support/docs/pages.js';
import { typeCheck, type TypeCheck } from './support/docs/type-check.js';

const all = pages();
const blocks = all.flatMap(({ file, text }) => codeBlocks(file, text));
const inLanguage = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));

/** Proof that the compiler is asked: of these it has to complain. */
const BROKEN = codeBlocks(
  'broken.md',
  [
    '```ts given llm',
    `await llm.complete('support-chat', { messages: [] });`,
    `await llm.completely('support-chat');`,
    '```',
    '```ts options',
    `rollout: { finalBake: '1h' },`,
    '```',
    '```ts options',
    `rollout: { finalBakeTime: 'soon' as '1h' },`,
    '```',
  ].join('\n'),
);

describe('the documentation', () => {
  let compiled: TypeCheck;

  beforeAll(async () => {
    const compiledAnyway = bare(sources().join('\n'));
    const code = inLanguage('ts', 'js').filter((block) => !compiledAnyway.includes(bare(block.code)));
    compiled = await typeCheck([...code, ...all.flatMap(gatesIn), ...examples(), ...BROKEN]);
    // The declarations of all packages are checked as well, which takes a busy machine a while.
  }, 120_000);

  test('has code that compiles, in its pages and in the examples of lib', () => {
    expect(all.flatMap(gatesIn).length).toBeGreaterThan(10);
    expect(inLanguage('ts').length).toBeGreaterThan(10);
    expect(examples().length).toBeGreaterThan(20);
    expect(compiled.problems.filter((problem) => !problem.startsWith('broken.md'))).toEqual([]);
  });

  test('has code that compiles without skipLibCheck, except beside the AI SDK', () => {
    // These want types of a browser, and do not compile under `exactOptionalPropertyTypes`.
    expect(compiled.packages).toEqual(['@ai-sdk/provider-utils', 'ai']);
  });

  test('would not get away with code that does not', () => {
    expect(compiled.problems.filter((problem) => problem.startsWith('broken.md'))).toEqual([
      expect.stringMatching(/^broken\.md:3 .*'completely' does not exist/),
      expect.stringMatching(/^broken\.md:6 .*'finalBake' does not exist/),
    ]);
  });

  test('has options that the module takes, and would not get away with others', async () => {
    const found: string[] = [];
    // One after the other: each sets the environment that it needs.
    for (const { block, url } of compiled.options) {
      const problem = await optionsProblem(block, url);
      if (problem !== undefined) found.push(problem);
    }
    expect(found).toEqual([expect.stringMatching(/^broken\.md:9 .*finalBakeTime/s)]);
  });

  test('has commands that the command line and package.json know', async () => {
    const found = await Promise.all(inLanguage('sh', 'bash', 'console').map(commandProblems));
    expect(found.flat()).toEqual([]);
  });

  test('has configurations that serve would start with', () => {
    expect(inLanguage('yaml', 'yml').flatMap((block) => yamlProblem(block) ?? [])).toEqual([]);
  });

  test('has JSON that can be read', () => {
    for (const { code } of inLanguage('json')) expect(() => JSON.parse(code) as unknown).not.toThrow();
  });

  test('has nothing in a language that nobody looks at', () => {
    const known = new Set(['', 'text', 'ts', 'js', 'sh', 'bash', 'console', 'yaml', 'yml', 'json', 'promql']);
    expect(blocks.filter(({ language }) => !known.has(language))).toEqual([]);
  });

  test('has links that lead somewhere', () => {
    const broken = all.flatMap(({ file, text }) =>
      linksIn(text)
        .filter(({ target }) => !leadsSomewhere(file, target))
        .map(({ line, target }) => `${file}:${line} ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test('has, where it is packed, no path to a file that is not', async () => {
    const files = await packed();
    expect(files).toContain('README.md');
    const isPacked = (place: string): boolean => files.some((name) => name === place || name.startsWith(`${place}/`));
    const broken = all
      .filter(({ file }) => files.includes(file))
      .flatMap(({ file, text }) =>
        linksIn(text)
          .filter(({ target }) => fileAt(target) === undefined && !isPacked(placeOf(file, target.split('#')[0]!)))
          .map(({ line, target }) => `${file}:${line} ${target}`),
      );
    expect(broken).toEqual([]);
  }, 120_000);

  test('has a front page of 180 lines at most', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(181);
  });

  test('opens each page with an example', () => {
    const guides = all.filter(({ file }) => file.startsWith('docs/') && file !== 'docs/README.md');
    expect(guides.filter(({ text }) => !opening(text).includes('\n```')).map(({ file }) => file)).toEqual([]);
  });

  test('can be read in the order of its index, which names every page', () => {
    const links = linksIn(read('docs/README.md'));
    const named = new Set(links.map(({ target }) => normalize(`docs/${target}`).replace(/#.*/, '')));
    const here = all.map(({ file }) => file).filter((file) => file.startsWith('docs/') && file !== 'docs/README.md');
    expect(here.filter((file) => !named.has(file))).toEqual([]);
  });
});

/** Lines that a reader sees before scrolling. */
const FIRST_LOOK = 16;

const opening = (text: string): string => text.split('\n').slice(0, FIRST_LOOK).join('\n');

/** Without what the formatter decides. */
const bare = (code: string): string => code.replace(/\s+/g, '').replace(/,(?=[}\])]|$)/g, '');

/** Relative to the root of the repository. */
function placeOf(file: string, path: string): string {
  return path === '' ? file : (fileAt(path) ?? normalize(join(dirname(file), path)));
}

/** The files that `npm publish` would upload. */
async function packed(): Promise<string[]> {
  const cwd = fileURLToPath(ROOT);
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

function leadsSomewhere(file: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const place = placeOf(file, path);
  if (!existsSync(new URL(place, ROOT))) return false;
  return anchor === undefined || !place.endsWith('.md') || anchorsOf(read(place)).has(anchor);
}
