import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** A script as a process of its own, followed line by line. */
export class RunningScript {
  readonly #end: Promise<number | null>;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  #hasEnded = false;

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>, signal: AbortSignal) {
    const script = spawn(command, args, { env, signal, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'pipe'] });
    this.#read(script.stdout);
    this.#read(script.stderr);
    script.on('error', (error) => this.#lines.push(String(error)));
    this.#end = new Promise((resolve) => {
      script.on('close', (code) => {
        this.#hasEnded = true;
        this.#wake();
        resolve(code);
      });
    });
  }

  get output(): string {
    return this.#lines.join('\n');
  }

  /**
   * Resolves with the whole output when the script has ended.
   *
   * @throws {Error} with the whole output, when it ends with another exit code.
   */
  async ended(expected = 0): Promise<string> {
    const code = await this.#end;
    if (code === expected) return this.output;
    throw new Error(`The script ended with ${code}, not ${expected}:\n${this.output}`);
  }

  /**
   * Resolves with the first line like this, at once if it is there already.
   *
   * @throws {Error} with the whole output, when the script ends without it.
   */
  async said(line: RegExp): Promise<string> {
    for (;;) {
      const found = this.#lines.find((text) => line.test(text));
      if (found !== undefined) return found;
      if (this.#hasEnded) throw new Error(`The script ended without ${String(line)}:\n${this.output}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #read(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      this.#lines.push(...lines);
      this.#wake();
    });
    stream.on('end', () => {
      if (rest !== '') this.#lines.push(rest);
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
