/** A fenced block of a page, or of the comment above something exported. */
export interface CodeBlock {
  /** Relative to the root of the repository. */
  readonly file: string;
  /** Of its first line of code, counted from 1. */
  readonly line: number;
  /** First word behind the fence: `ts`, `sh`, `yaml`, `json`; empty for what is only to be looked at. */
  readonly language: string;
  /** What follows the language: how the block is to be read. */
  readonly info: string;
  readonly code: string;
  /** The name of the file that the text before it says to put it into: "Into `src/main.ts`:". */
  readonly path?: string | undefined;
}

export interface Link {
  readonly line: number;
  readonly target: string;
}

const FENCE = /^([ ]*)```(\w*)(.*)$/;
const INTO = /\binto `([\w./-]+)`:\n*$/i;

/** Every fenced block. @throws {Error} when one does not end. */
export function codeBlocks(file: string, text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const [fence, indent = '', language = '', info = ''] = FENCE.exec(lines[at]!) ?? [];
    if (fence === undefined) continue;
    const end = lines.indexOf(`${indent}\`\`\``, at + 1);
    if (end === -1) throw new Error(`${file}:${at + 1} has a block without an end`);
    const code = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    const [, path] = INTO.exec(lines.slice(Math.max(0, at - 2), at).join('\n')) ?? [];
    blocks.push({ file, line: at + 2, language, info: info.trim(), code: `${code.join('\n')}\n`, path });
    at = end;
  }
  return blocks;
}

/** Files of the repository that are not in the package are linked to by its address. */
const REPOSITORY = /^https:\/\/github\.com\/nestjs-blue-green\/nestjs-blue-green\/(?:blob|tree)\/main\//;

/** The file that such an address is of. */
export function fileAt(target: string): string | undefined {
  return REPOSITORY.test(target) ? target.replace(REPOSITORY, '') : undefined;
}

/** Where links lead to, images too; addresses elsewhere on the web are left out. */
export function linksIn(text: string): Link[] {
  return prose(text).flatMap((line, index) =>
    [...line.matchAll(/\]\(([^()\s]+)\)/g)]
      .map(([, target]) => ({ line: index + 1, target: target! }))
      .filter(({ target }) => !/^(https?|mailto):/.test(target) || fileAt(target) !== undefined),
  );
}

/** What `#…` may name on a page, as GitHub makes it of the headings. */
export function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = prose(text).flatMap((line) => /^#{1,6} +(.+?) *$/.exec(line)?.[1] ?? []);
  const anchors = headings.map((heading) => {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
  return new Set(anchors);
}

/** Rows of the tables below a heading, in cells; without the line under their head. */
export function tableRows(text: string): string[][] {
  const rows = prose(text).filter((line) => line.startsWith('|') && !/^\|[\s|:-]+\|$/.test(line));
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

/** The lines with those of code blocks emptied. */
function prose(text: string): string[] {
  let fence: string | undefined;
  return text.split('\n').map((line) => {
    const [, indent] = FENCE.exec(line) ?? [];
    if (fence === undefined && indent !== undefined) {
      fence = `${indent}\`\`\``;
      return '';
    }
    if (fence === undefined) return line;
    if (line === fence) fence = undefined;
    return '';
  });
}
