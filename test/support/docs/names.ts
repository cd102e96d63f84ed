import * as common from '@nestjs/common';
import * as schedule from '@nestjs/schedule';
import * as terminus from '@nestjs/terminus';
import type { CodeBlock } from './markdown.js';
import { read } from './pages.js';

/** What a block may take as given when its fence says so: ```` ```ts given llm, logger ````. */
const GIVEN: Readonly<Record<string, string>> = {
  alerts: `import('nestjs-blue-green').AlertService`,
  apiKey: 'string',
  app: `import('@nestjs/common').INestApplication`,
  budgets: `import('nestjs-blue-green').BudgetService`,
  llm: `import('nestjs-blue-green').LlmRouterService`,
  logger: `import('@nestjs/common').Logger`,
  messages: `import('nestjs-blue-green').ChatMessage[]`,
  pager: '{ send(message: string): void }',
  rollouts: `import('nestjs-blue-green').RolloutService`,
  router: `import('nestjs-blue-green').LlmRouterService`,
  shadow: `import('nestjs-blue-green').ShadowService`,
  versions: `import('nestjs-blue-green').VersionService`,
};

/** What the examples of `lib/testing` may take as given beside these: what a test of an app has at hand. */
const GIVEN_IN_TESTS: Readonly<Record<string, string>> = {
  AppModule: `import('@nestjs/common').Type`,
  blue: `import('nestjs-blue-green/testing').FakeUpstream`,
  clock: `import('nestjs-blue-green/testing').FakeClock`,
  expect: `typeof import('@jest/globals').expect`,
  green: `import('nestjs-blue-green/testing').FakeUpstream`,
  upstream: `import('nestjs-blue-green/testing').FakeUpstream`,
};

/** @throws {Error} for a name that nobody has said the type of. */
export function givenBy({ info, file, line }: CodeBlock): string {
  const [, given] = /^(?:options ?)?(?:given (.*))?$/.exec(info) ?? [];
  if (given === undefined && info !== '' && info !== 'options')
    throw new Error(`${file}:${line} ${info}: not understood`);
  const names = given?.split(/, */) ?? [];
  const unknown = names.filter((name) => !(name in GIVEN));
  if (unknown.length > 0) throw new Error(`${file}:${line} nobody knows what ${unknown.join(', ')} is`);
  return declared(names, GIVEN);
}

const declared = (names: readonly string[], types: Readonly<Record<string, string>>): string =>
  names.map((name) => `declare const ${name}: ${types[name]};`).join(' ');

/**
 * An example stands beside what it is of: it sees what its file and the package export, Nest's names, and what may be
 * given.
 */
export function namesFor({ file, code }: CodeBlock): string {
  const used = new Set(code.match(/[A-Za-z_]\w*/g));
  const own = (code.match(/^import .*$/gm) ?? []).join('\n');
  const free = (name: string) => used.has(name) && !new RegExp(`\\b${name}\\b`).test(own);
  const sources: [string, string[]][] = [
    [`../../${file.replace(/\.tsx?$/, '.js')}`, exportsOf(read(file))],
    ['nestjs-blue-green', publicNames('lib/index.ts')],
    ['nestjs-blue-green/testing', publicNames('lib/testing/index.ts')],
    ['@nestjs/common', Object.keys(common)],
    ['@nestjs/schedule', Object.keys(schedule)],
    ['@nestjs/terminus', Object.keys(terminus)],
    ['@nestjs/testing', ['Test']],
  ];
  const taken = new Set<string>();
  const imports = sources.map(([from, names]) => {
    const wanted = [...new Set(names)].filter((name) => free(name) && !taken.has(name));
    for (const name of wanted) taken.add(name);
    return wanted.length === 0 ? '' : `import { ${wanted.join(', ')} } from '${from}';`;
  });
  const types = file.startsWith('lib/testing/') ? { ...GIVEN, ...GIVEN_IN_TESTS } : GIVEN;
  const given = Object.keys(types).filter((name) => free(name) && !taken.has(name) && !isDeclared(name, code));
  return `${imports.join(' ')} ${declared(given, types)}`;
}

const isDeclared = (name: string, code: string): boolean => new RegExp(`(const|let|readonly) ${name}\\b`).test(code);

const exportsOf = (source: string): string[] =>
  [...source.matchAll(/^export (?:abstract |async )?(?:class|function\*?|const|interface|type) (\w+)/gm)].map(
    ([, name]) => name!,
  );

const publicNames = (index: string): string[] =>
  [...read(index).matchAll(/\{([^}]*)\}/g)].flatMap(([, names]) => names!.replaceAll('type ', '').split(/[\s,]+/));
