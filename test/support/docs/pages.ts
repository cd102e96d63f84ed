import { readdirSync, readFileSync } from 'node:fs';
import { codeBlocks, type CodeBlock } from './markdown.js';

export const ROOT = new URL('../../../../', import.meta.url);

export interface Page {
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly text: string;
}

export function read(file: string): string {
  return readFileSync(new URL(file, ROOT), 'utf8');
}

/** All pages that people read: at the root, in `docs/`, beside the samples. */
export function pages(): Page[] {
  const files = [...pagesIn(''), ...pagesIn('docs/', true), ...pagesIn('sample-app/', true)];
  return files.toSorted().map((file) => ({ file, text: read(file) }));
}

function pagesIn(folder: string, recursive = false): string[] {
  return readdirSync(new URL(folder || '.', ROOT), { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => `${folder}${name}`);
}

/** What the build compiles beside `lib`: a page may show pieces of it, word for word. */
export function sources(): string[] {
  return ['test/', 'sample-app/'].flatMap((folder) =>
    readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(`${folder}${name}`)),
  );
}

/** The `@example`s of what `lib` exports, as editors show them. */
export function examples(): CodeBlock[] {
  const files = readdirSync(new URL('lib/', ROOT), { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => /(?<!\.spec)\.tsx?$/.test(name))
    .flatMap((name) => examplesIn(`lib/${name}`, read(`lib/${name}`)));
}

export function examplesIn(file: string, source: string): CodeBlock[] {
  return [...source.matchAll(/\/\*\*(?:(?!\*\/).)*?@example.*?\*\//gs)].flatMap(({ 0: comment, index }) => {
    const before = source.slice(0, index).split('\n').length - 1;
    const text = comment.replace(/^ *\* ?/gm, '');
    return codeBlocks(file, text).map((block) => ({ ...block, line: block.line + before }));
  });
}
