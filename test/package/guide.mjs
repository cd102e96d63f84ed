// Follows a page of the docs as a reader would: writes its files, runs its commands, compares what they say.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const BLOCK = /([^\n]*(?:\n[^\n]+)*)\n+```(\w+)\n(.*?)```/gs;

/** The page's blocks in their order, each with the paragraph in front of it. */
export function stepsOf(page) {
  return [...page.matchAll(BLOCK)].map(([, words, language, text]) => {
    const file = /Into `([^`]+)`:$/.exec(words)?.[1];
    if (file) return { kind: 'file', file, text };
    if (language === 'sh') return { kind: words.endsWith('in a terminal of its own:') ? 'terminal' : 'run', text };
    if (language === 'json' || language === 'text') return { kind: 'output', language, text };
    throw new Error(`This block of the page is for nobody: ${text}`);
  });
}

/** One reader at one directory, with as many terminals as it takes. */
export class Reader {
  #output = '';
  #terminals = [];

  /** What one block exports holds in the next. */
  #exports = '';

  constructor(directory) {
    this.directory = directory;
  }

  /** What the background terminals have said. */
  get background() {
    return this.#terminals.map(({ said }) => said).join('');
  }

  async follow(step) {
    if (step.kind === 'file') return this.#write(step);
    if (step.kind === 'terminal') return this.#open(step.text);
    if (step.kind === 'run') return this.#run(step.text);
    return this.#compare(step);
  }

  stop() {
    for (const { shell } of this.#terminals) shell.kill();
  }

  #write({ file, text }) {
    const path = join(this.directory, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  #open(command) {
    const shell = spawn('bash', ['-c', `exec ${command}`], { cwd: this.directory, stdio: ['ignore', 'pipe', 'pipe'] });
    const terminal = { shell, said: '' };
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (part) => (terminal.said += part));
    this.#terminals.push(terminal);
  }

  async #run(commands) {
    const shell = spawn('bash', ['-ec', `${this.#exports}${commands}`], {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#exports += (commands.match(/^export .*\n/gm) ?? []).join('');
    this.#output = '';
    shell.stdout.on('data', (part) => (this.#output += part));
    const [code] = await once(shell, 'close');
    if (code !== 0) throw new Error(`This ended with ${code}:\n${commands}\n${this.#output}\n${this.background}`);
  }

  #compare({ language, text }) {
    const said = this.#output;
    if (language === 'json' ? sameJson(said, text) : hasLines(said, text)) return;
    throw new Error(`The page says\n${text}\nand the commands say\n${said}`);
  }
}

function sameJson(said, text) {
  return JSON.stringify(JSON.parse(said)) === JSON.stringify(JSON.parse(text));
}

/** The last line, and one more: a machine that is slow misses some of what a reader sees. */
function hasLines(said, text) {
  const found = text
    .trim()
    .split('\n')
    .map((line) => said.includes(line));
  return found.at(-1) && found.filter(Boolean).length > 1;
}
