import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { DIST } from './mutants.js';

/** What is only reached through an app that listens. Others say nothing more about these rooms, and take longer. */
const THROUGH_HTTP = [
  'conversation-pins',
  'forcing',
  'other-contexts',
  'request-scope',
  'route-decorator',
  'stickiness',
];

/** The specs that may notice a change in these files, each with the files it loads. */
export function specsAbout(files: ReadonlySet<string>): Map<string, Set<string>> {
  const beside = readdirSync(new URL('lib', DIST), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.js'))
    .map((file) => `lib/${file}`);
  const all = [...beside.toSorted(), ...THROUGH_HTTP.map((name) => `test/${name}.e2e-spec.js`)];
  const imports = new Map<string, string[]>();
  const loaded = all.map((spec) => [spec, reachedFrom(spec, imports)] as const);
  return new Map(loaded.filter(([, reached]) => [...reached].some((file) => files.has(file))));
}

function reachedFrom(start: string, imports: Map<string, string[]>): Set<string> {
  const reached = new Set([start]);
  for (const file of reached) {
    const next = imports.get(file) ?? importsOf(file);
    imports.set(file, next);
    for (const one of next) reached.add(one);
  }
  return reached;
}

function importsOf(file: string): string[] {
  const url = new URL(file, DIST);
  if (!existsSync(url)) return [];
  const named = readFileSync(url, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+|nestjs-blue-green)'/g);
  return [...named].map(([, name = '']) =>
    name.startsWith('.') ? new URL(name, url).href.slice(DIST.href.length) : 'lib/index.js',
  );
}
