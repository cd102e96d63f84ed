const COMMENTS_AND_TEXTS = /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
const IMPORT = /^import\b(?:[^\n{]*\{[^}]*\})?[^\n]*(?:\n|$)/gm;

/** Adds an import after the last one. */
export function withImport(source: string, statement: string): string {
  const last = [...masked(source).matchAll(IMPORT)].at(-1);
  const end = last ? last.index + last[0].length : 0;
  return `${source.slice(0, end)}${statement}\n${source.slice(end)}`;
}

/**
 * Adds entries to a list of `@Module({ … })`, of the class that is named so or else of the first. `undefined` where the
 * decorator or its list is written in a way that cannot be edited.
 */
export function withEntries(
  source: string,
  className: string,
  key: string,
  entries: readonly string[],
): string | undefined {
  const mask = masked(source);
  const decorators = [...mask.matchAll(/@Module\s*\(\s*\{/g)];
  const ofClass = mask.search(new RegExp(`class\\s+${className}\\b`));
  const decorator = decorators.findLast(({ index }) => index < ofClass) ?? decorators[0];
  if (!decorator) return undefined;
  const open = decorator.index + decorator[0].length - 1;
  const close = closing(mask, open);
  const top = topLevel(mask.slice(open + 1, close));
  const found = new RegExp(`\\b${key}\\b\\s*:\\s*(.)`).exec(top);
  if (!found) {
    const list = `\n  ${key}: [${entries.join(', ')}],`;
    return source.slice(0, open + 1) + list + (top.trim() === '' ? '\n' : '') + source.slice(open + 1);
  }
  if (found[1] !== '[') return undefined;
  const start = open + found.index + found[0].length;
  return withItems(source, mask, start, closing(mask, start), entries);
}

/** Entries at the end of the list between these two brackets, each on a line if the others are. */
function withItems(source: string, mask: string, open: number, close: number, entries: readonly string[]): string {
  const inner = mask.slice(open + 1, close);
  const before = open + 1 + inner.trimEnd().length;
  const isEmpty = inner.trim() === '';
  const comma = isEmpty || inner.trimEnd().endsWith(',') ? '' : ',';
  const list = entries.join(', ');
  const isLong = isEmpty && `  imports: [${list}],`.length > 80;
  if (!inner.includes('\n') && !isLong) {
    return `${source.slice(0, before)}${comma}${isEmpty ? '' : ' '}${list}${source.slice(close)}`;
  }
  const indent = /\n([ \t]+)\S/.exec(inner)?.[1] ?? '    ';
  const rest = source.slice(before, close).trimEnd();
  const lines = entries.map((entry) => `\n${indent}${entry},`).join('');
  const end = `\n${indent.slice(0, -2)}`;
  return `${source.slice(0, before)}${comma}${rest}${lines}${end}${source.slice(close)}`;
}

/** The source with blanks for what stands in comments and texts: brackets in them do not count. */
function masked(source: string): string {
  return source.replace(COMMENTS_AND_TEXTS, (text) => text.replace(/[^\n]/g, ' '));
}

/** Where the bracket that opens here is closed. */
function closing(mask: string, open: number): number {
  let depth = 0;
  for (let at = open; at < mask.length; at++) {
    if ('{[('.includes(mask[at]!)) depth++;
    if ('}])'.includes(mask[at]!) && --depth === 0) return at;
  }
  return mask.length;
}

/** Blanks for everything inside brackets, which stay. */
function topLevel(mask: string): string {
  let depth = 0;
  return mask
    .split('')
    .map((letter) => {
      if ('}])'.includes(letter)) depth--;
      const shown = depth === 0 ? letter : ' ';
      if ('{[('.includes(letter)) depth++;
      return shown;
    })
    .join('');
}
