import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CodeBlock } from './markdown.js';
import { givenBy, namesFor } from './names.js';
import { ROOT } from './pages.js';

/** Around a block that shows some of the options: ```` ```ts options ````. */
const ENVIRONMENT = `model: 'gpt-4o', baseUrl: 'https://api.example.com/v1', apiKey`;
const OPTIONS_BEFORE = `import type { BlueGreenExtras, BlueGreenOptions } from 'nestjs-blue-green'; const apiKey = 'provider-key';`;
const OPTIONS_AFTER = '} satisfies BlueGreenOptions & BlueGreenExtras;';

const FOLDER = fileURLToPath(new URL('dist/doc-samples/', ROOT));
const TSCONFIG = {
  extends: '../../tsconfig.json',
  compilerOptions: {
    rootDir: 'src',
    outDir: 'out',
    declaration: false,
    sourceMap: false,
    inlineSources: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    verbatimModuleSyntax: false,
    isolatedModules: false,
    // What is published as types has no errors either.
    skipLibCheck: false,
  },
  include: ['src'],
  exclude: [],
};

export interface TypeCheck {
  /** `file:line message`, of every block that does not compile, and of our own declarations. */
  readonly problems: readonly string[];
  /** Packages whose declarations do not compile. */
  readonly packages: readonly string[];
  /** What the blocks that are compiled as options have come to, for those that compile. */
  readonly options: readonly { readonly block: CodeBlock; readonly url: string }[];
}

/** Compiles all blocks in one run of the compiler, each as a module of its own. */
export async function typeCheck(blocks: readonly CodeBlock[]): Promise<TypeCheck> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(`${FOLDER}src`, { recursive: true });
  writeFileSync(`${FOLDER}tsconfig.json`, JSON.stringify(TSCONFIG));
  const byName = new Map(blocks.map((block, index) => [nameOf(block, index), block]));
  for (const [name, block] of byName) {
    mkdirSync(dirname(`${FOLDER}src/${name}`), { recursive: true });
    writeFileSync(`${FOLDER}src/${name}.ts`, moduleOf(block));
  }
  const output = await tsc();
  const found = output.split('\n').flatMap((line) => {
    const [, name = '', row, message] = /src\/(.*)\.ts\((\d+),\d+\): (.*)$/.exec(line) ?? [];
    const block = byName.get(name);
    return block ? [{ block, problem: `${block.file}:${block.line + Number(row) - 2} ${message}` }] : [];
  });
  const elsewhere = output.split('\n').filter((line) => /^\S.*: error /.test(line) && !/src\/.*\.ts\(/.test(line));
  const ours = elsewhere.filter((line) => packageOf(line) === undefined);
  const broken = new Set(found.map(({ block }) => block));
  return {
    problems: [...found.map(({ problem }) => problem), ...ours],
    packages: [...new Set(elsewhere.flatMap((line) => packageOf(line) ?? []))].toSorted(),
    options: [...byName].flatMap(([name, block]) =>
      isOptions(block) && !broken.has(block) ? [{ block, url: `file://${FOLDER}out/${name}.js` }] : [],
    ),
  };
}

/** The package whose file a line of the compiler is about. */
function packageOf(line: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(line)?.[1];
}

/** Blocks of one page that are files of one app find each other; the others are by themselves. */
function nameOf({ file, path }: CodeBlock, index: number): string {
  return path === undefined ? String(index) : `${file.replace(/\W/g, '-')}/${path.replace(/\.ts$/, '')}`;
}

/** Everything in front of the code is on one line, so that lines are found again. */
function moduleOf(block: CodeBlock): string {
  const { code, file } = block;
  const names = file.startsWith('lib/') ? namesFor(block) : givenBy(block);
  if (!isOptions(block)) return `${names}\n${code}export {};\n`;
  const own = /^(routes|environments):/m.test(code);
  const environments = `environments: { blue: { ${ENVIRONMENT}, weight: 100 }, green: { ${ENVIRONMENT} } }`;
  const begin = `export default { ${own ? '' : `...{ ${environments} },`}`;
  return `${names} ${OPTIONS_BEFORE} ${begin}\n${code}${OPTIONS_AFTER}\n`;
}

const isOptions = ({ info }: CodeBlock): boolean => /^options\b/.test(info);

function tsc(): Promise<string> {
  const program = fileURLToPath(new URL('node_modules/typescript/bin/tsc', ROOT));
  return new Promise((resolve) => {
    // Ends with 1 or 2 when it finds something: what it found is on stdout.
    execFile(process.execPath, [program, '-p', FOLDER, '--pretty', 'false'], (error, stdout, stderr) =>
      resolve(error && stdout === '' ? stderr || error.message : stdout),
    );
  });
}
