import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { parse } from '@babel/parser';

/**
 * Every source file of `lib/` with the files of `lib/` that it imports, types included. Paths are relative to `lib/`.
 */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

const SOURCE = /(?<!\.spec|\.contract|\.fixture|\.d)\.tsx?$/;

/** Reads the imports of all source files below a folder. */
export function importsBelow(root: string): ImportGraph {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => SOURCE.test(file));
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const targets = specifiersIn(readFileSync(join(root, file), 'utf8')).flatMap((specifier) => {
        const target = resolve(file, specifier, known);
        return target === undefined ? [] : [target];
      });
      return [file, targets];
    }),
  );
}

/** The relative specifiers that a source imports or exports from, by value, by type and dynamically. */
export function specifiersIn(source: string): string[] {
  const { program } = parse(source, { sourceType: 'module', plugins: ['typescript', 'decorators-legacy', 'jsx'] });
  const found: string[] = [];
  visit(program as unknown as Node, (node) => {
    const { type, source: from, argument, arguments: given } = node;
    if (isImport(type)) note(found, from ?? argument);
    if (
      type === 'CallExpression' &&
      Array.isArray(given) &&
      isNode(node['callee']) &&
      node['callee'].type === 'Import'
    ) {
      note(found, given[0]);
    }
  });
  return [...new Set(found)];
}

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

function isImport(type: string): boolean {
  return [
    'ImportDeclaration',
    'ExportNamedDeclaration',
    'ExportAllDeclaration',
    'ImportExpression',
    'TSImportType',
  ].includes(type);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function note(found: string[], literal: unknown): void {
  if (isNode(literal) && typeof literal['value'] === 'string' && literal['value'].startsWith('.'))
    found.push(literal['value']);
}

function visit(node: Node, look: (node: Node) => void): void {
  look(node);
  for (const field of Object.values(node)) {
    for (const part of Array.isArray(field) ? (field as unknown[]) : [field]) if (isNode(part)) visit(part, look);
  }
}

function resolve(file: string, specifier: string, known: ReadonlySet<string>): string | undefined {
  const path = posix.join(dirname(file), specifier);
  return [path.replace(/\.js$/, '.ts'), path.replace(/\.jsx?$/, '.tsx'), path].find((candidate) =>
    known.has(candidate),
  );
}
