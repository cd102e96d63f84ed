import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { Problem } from '../validation/validation-error.js';
import { interpolated } from './interpolate.js';

/** Most characters of a configuration file. */
const LONGEST = 262_144;

/** A YAML text with its variables filled in, which still knows its lines. */
export class ConfigSource {
  private constructor(
    readonly value: unknown,
    readonly problems: readonly Problem[],
    /** The text is not YAML at all. */
    readonly isBroken: boolean,
    private readonly doc: Document | undefined,
    private readonly lines: LineCounter,
    /** Variables by the path that their values are at. */
    private readonly variables: ReadonlyMap<string, readonly string[]> = new Map(),
  ) {}

  /** Never throws: errors are in `problems`. */
  static parse(text: string, env: Readonly<Record<string, string | undefined>>): ConfigSource {
    const lines = new LineCounter();
    const broken = (problems: readonly Problem[]) => new ConfigSource(undefined, problems, true, undefined, lines);
    if (text.length > LONGEST) return broken([problem('is longer than 262,144 characters', 'Shorten it.')]);
    try {
      const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
      if (doc.errors.length > 0) return broken(syntaxProblems(doc, text, lines));
      const variables = new Map<string, readonly string[]>();
      const missing = fillIn(doc, env, variables);
      return new ConfigSource(doc.toJS({ maxAliasCount: 100 }), missing, false, doc, lines, variables);
    } catch (error) {
      const tooDeep = error instanceof RangeError;
      return broken([
        problem(
          tooDeep ? 'is nested too deeply' : 'has references that cannot be resolved',
          'Write it out in plain YAML.',
        ),
      ]);
    }
  }

  /** The environment variables that an option's value comes from. */
  variablesAt(path: string): readonly string[] {
    return this.variables.get(path) ?? [];
  }

  /** The line of an option, or of the section that it is missing from. */
  lineOf(path: string): number | undefined {
    const found = this.doc?.contents ? offsetAt(this.doc.contents, path) : undefined;
    return found === undefined ? undefined : this.lines.linePos(found).line;
  }
}

function fillIn(
  doc: Document,
  env: Readonly<Record<string, string | undefined>>,
  variables: Map<string, readonly string[]>,
): Problem[] {
  const problems: Problem[] = [];
  visit(doc, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return;
      const path = pathTo(ancestors, node);
      const { text, filled, missing, malformed } = interpolated(node.value, env);
      if (filled.length > 0) variables.set(path, filled);
      problems.push(
        ...missing.map((name) => ({
          path,
          value: `\${${name}}`,
          message: `needs the environment variable ${name}, which is not set`,
          remedy: `Set ${name}, or write \${${name}:-default}.`,
        })),
      );
      if (malformed) {
        const remedy = 'Write ${NAME} or ${NAME:-default}; $${ stands for a plain ${.';
        problems.push({
          path,
          value: 'a value that is not shown here',
          message: 'has a ${ that does not name a variable',
          remedy,
        });
      }
      node.value = valueOf(text, path);
    },
  });
  return problems;
}

/** Numbers become numbers again, unless the place wants text: a key may be all digits. */
function valueOf(text: string, path: string): unknown {
  if (/key|secret|token|model|name|url|version|headers/i.test(path)) return text;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text;
}

/** The path of a node, from the nodes around it. */
function pathTo(ancestors: readonly unknown[], node: unknown): string {
  const path = ancestors.flatMap((around, index) => {
    const child = ancestors[index + 1] ?? node;
    if (isSeq(around)) return [String(around.items.indexOf(child))];
    if (typeof around === 'object' && around !== null && 'key' in around) return [String(around.key)];
    return [];
  });
  return path.join('.') || '(the whole)';
}

/** Names may contain dots, so this follows the names that are there. */
function offsetAt(node: unknown, path: string): number | undefined {
  const start = typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
  const here = start ? (node.range as number[])[0] : undefined;
  if (isSeq(node)) {
    const [index = '', ...rest] = path.split('.');
    const item: unknown = node.items[Number(index)];
    return (item === undefined ? undefined : offsetAt(item, rest.join('.'))) ?? here;
  }
  if (!isMap(node)) return here;
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : undefined;
    if (name === undefined || (path !== name && !path.startsWith(`${name}.`))) continue;
    const at = isScalar(key) ? key.range?.[0] : undefined;
    if (path === name) return at;
    return isMap(value) || isSeq(value) ? offsetAt(value, path.slice(name.length + 1)) : at;
  }
  return here;
}

/** One per line. Leaves out the parser's own messages: they quote the text, which may be a secret. */
function syntaxProblems(doc: Document, text: string, lines: LineCounter): Problem[] {
  const texts = text.split('\n');
  const all = doc.errors.slice(0, 20).map(({ message, pos }): [number, Problem] => {
    const { line } = lines.linePos(pos[0]);
    const kind = /unique/i.test(message) ? 'has a name twice in one place' : 'is not valid YAML';
    const remedy = (texts[line - 1] ?? '').includes('${')
      ? 'Inside { } and [ ] a variable needs quotes: "${NAME}".'
      : 'Check indentation, quotes and brackets on that line.';
    return [line, { ...problem(kind, remedy), path: `line ${line}` }];
  });
  return [...new Map(all.toReversed()).values()].toReversed();
}

function problem(message: string, remedy: string): Problem {
  return { path: '(the whole)', value: 'not shown', message, remedy };
}
