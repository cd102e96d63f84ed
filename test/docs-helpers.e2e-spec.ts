import { describe, expect, test } from '@jest/globals';
import { cliProblem, commandProblems } from './support/docs/commands.js';
import { yamlProblem } from './support/docs/configs.js';
import { anchorsOf, codeBlocks, linksIn, tableRows } from './support/docs/markdown.js';
import { examplesIn } from './support/docs/pages.js';
import { commandsIn } from './support/docs/shell.js';

const [block] = codeBlocks('page.md', '# Title\n\n```yaml\nrelay: 1\n```\n');

describe('what reads the documentation', () => {
  test('finds blocks with their place, also in lists, and says when one does not end', () => {
    expect(block).toEqual({ file: 'page.md', line: 4, language: 'yaml', info: '', code: 'relay: 1\n' });
    const [named] = codeBlocks('page.md', 'More. Into `src/main.ts`:\n\n```ts\n1;\n```\n');
    expect(named).toMatchObject({ path: 'src/main.ts' });
    const [inList] = codeBlocks('page.md', '- so:\n  ```ts given llm\n  llm;\n  ```\n');
    expect(inList).toMatchObject({ language: 'ts', info: 'given llm', code: 'llm;\n' });
    expect(() => codeBlocks('page.md', '```ts\n')).toThrow('page.md:1');
  });

  test('finds examples in the comments of a source, at their lines', () => {
    const source =
      'const a = 1;\n/**\n * Adds.\n *\n * @example\n * ```ts\n * add(1);\n * ```\n */\nexport const add = 1;\n';
    expect(examplesIn('lib/a.ts', source)).toMatchObject([{ line: 7, code: 'add(1);\n' }]);
  });

  test('finds links and anchors outside of code', () => {
    const text =
      '# `a.b()` & more\n\n[here](x.md#y) ![p](p.png)\n\n```sh\n# no heading\n[no](z.md)\n```\n\n## More\n## More\n';
    expect(linksIn(text).map(({ target }) => target)).toEqual(['x.md#y', 'p.png']);
    expect([...anchorsOf(text)]).toEqual(['ab--more', 'more', 'more-1']);
  });

  test('reads tables in cells', () => {
    expect(tableRows('| a | b |\n| --- | --- |\n| `x \\| y` | z |\n')).toEqual([
      ['a', 'b'],
      ['`x | y`', 'z'],
    ]);
  });

  test('takes shell blocks apart as a shell would', () => {
    const code = `# first\nA=1 curl -d '{ "a":\n  "b c" }' "$URL/x" | jq . > out.json # ''\nnpm ci && npx blue-green \\\n  status\n`;
    expect(commandsIn(code).map(({ words }) => words)).toEqual([
      ['curl', '-d', '{ "a":\n  "b c" }', '$URL/x'],
      ['jq', '.'],
      ['npm', 'ci'],
      ['npx', 'blue-green', 'status'],
    ]);
    expect(() => commandsIn(`echo 'a`)).toThrow('does not end');
  });

  test('tries commands on the command line, and finds what it would refuse', async () => {
    expect(await cliProblem(['canary', '--percentage', '10', '--reason', 'new prompt'])).toBeUndefined();
    expect(await cliProblem(['canary'])).toContain('--percentage');
    expect(await cliProblem(['status', '--wach'])).toContain('--wach');
    expect(await cliProblem(['canary', '--percentage', '110'])).toContain('110');
    const code = 'npx blue-green stats\nnpm run demonstration\nnpm install nestjs-blue-gren @nestjs/core@12\n';
    expect(await commandProblems({ ...block!, language: 'sh', code })).toEqual([
      expect.stringContaining("page.md:4 error: unknown command 'stats'"),
      'page.md:5 there is no script demonstration',
      'page.md:6 nobody here knows nestjs-blue-gren',
    ]);
  });

  test('tries configurations, and finds what serve would refuse', () => {
    expect(yamlProblem(block!)).toContain('page.md:4');
    expect(yamlProblem({ ...block!, info: 'kubernetes' })).toBeUndefined();
    expect(yamlProblem({ ...block!, info: 'kubernetes', code: '{' })).toContain('page.md:4');
  });
});
