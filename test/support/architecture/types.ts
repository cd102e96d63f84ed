import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@babel/parser';
import { roomOf } from './rules.js';

const DECLARATIONS = new Set([
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'ClassDeclaration',
  'TSEnumDeclaration',
]);

/** Names of the types that a source declares and exports. What it passes on from another file is declared there. */
function typesIn(source: string): string[] {
  const { program } = parse(source, { sourceType: 'module', plugins: ['typescript', 'decorators-legacy', 'jsx'] });
  return program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return [];
    const { declaration } = statement;
    if (!declaration || !DECLARATIONS.has(declaration.type)) return [];
    return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : [];
  });
}

/** The names of types that more than one room exports, with the files that declare them. */
export function sharedNames(sources: ReadonlyMap<string, string>): string[] {
  const files = new Map<string, string[]>();
  for (const [file, source] of sources) {
    for (const name of typesIn(source)) files.set(name, [...(files.get(name) ?? []), file]);
  }
  return [...files].flatMap(([name, all]) =>
    new Set(all.map(roomOf)).size > 1 ? [`${name}: ${all.toSorted().join(', ')}`] : [],
  );
}

export function readSources(root: string, files: Iterable<string>): Map<string, string> {
  return new Map([...files].map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}
