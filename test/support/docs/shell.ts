/** A command of a shell block, in words. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** In the block, counted from 0. */
  readonly line: number;
}

const ASSIGNMENT = /^[A-Za-z_]\w*=/;
const TOKEN =
  /(?<!\S)#[^\n]*|[12]?>{1,2} *[^\s|;&]+|\\\n|\\.|'[^']*'|"(?:\\.|[^"\\])*"|\n|[ \t]+|&&|\|\||[|;&]|['"]|[^\s'"\\|;&]+/g;

/**
 * The commands of a shell block: one per line, or several joined by `&&`, `|` or `;`. Knows quotes, comments, and lines
 * that go on behind a backslash; what is written before a command for its environment, or behind it for a file, is left
 * out.
 *
 * @throws {Error} for a quote that does not end.
 */
export function commandsIn(code: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let word: string | undefined;
  let line = 0;
  let started = 0;
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = () => {
    endWord();
    const first = words.findIndex((text) => !ASSIGNMENT.test(text));
    if (first !== -1) commands.push({ words: words.slice(first), line: started });
    words = [];
  };
  for (const [token] of code.matchAll(TOKEN)) {
    if (words.length === 0 && word === undefined) started = line;
    line += token.split('\n').length - 1;
    if (token === '"' || token === "'") throw new Error(`a quote does not end: ${code.split('\n')[line]}`);
    if (token === '\\\n' || /^[ \t]/.test(token)) endWord();
    else if (/^(\n|&&|\|\||[|;&])$/.test(token)) endCommand();
    else if (!/^([12]?>|#)/.test(token) || word !== undefined) word = (word ?? '') + unquoted(token);
  }
  endCommand();
  return commands;
}

function unquoted(token: string): string {
  if (token.startsWith("'")) return token.slice(1, -1);
  if (token.startsWith('"')) return token.slice(1, -1).replace(/\\(.)/g, '$1');
  return token.startsWith('\\') ? token.slice(1) : token;
}
