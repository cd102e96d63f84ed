import { appendFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Trouble } from './trouble.js';

/** Most lines and characters to queue besides those being written; anything beyond is dropped and counted. */
const MAX_LINES = 1_000;
const MAX_CHARS = 16 * 1024 * 1024;
const LINES_PER_TURN = 1_000;

export interface Rotation {
  /** How many rotated files to keep: `.1`, the newest, to `.3` by default. */
  readonly kept?: number | undefined;
  /** Called when the oldest file is removed to make room, with the wall time of its last line. */
  readonly onLost?: ((writtenAt: number) => void) | undefined;
}

/** A file that is appended to, one JSON object a line, rotated by size. Writing never blocks the caller. */
export class RotatingLog {
  readonly #logger = new Logger(RotatingLog.name);
  #queue: string[] = [];
  #chars = 0;
  #dropped = 0;
  /** Bytes in the file; unknown before the first write and after a failed write. */
  #size: number | undefined;
  readonly #trouble = new Trouble();
  #writing: Promise<void> | undefined;

  constructor(
    readonly path: string,
    private readonly maxBytes: number,
    private readonly rotation: Rotation = {},
  ) {}

  get #kept(): number {
    return this.rotation.kept ?? 3;
  }

  /** Lines that were not written: the queue was full, the disk refused them, or they cannot be written as JSON. */
  get dropped(): number {
    return this.#dropped;
  }

  write(record: unknown): void {
    const line = lineOf(record);
    if (line === undefined || this.#queue.length >= MAX_LINES || this.#chars + line.length > MAX_CHARS) {
      this.#dropped++;
      return;
    }
    this.#queue.push(line);
    this.#chars += line.length;
    this.#writing ??= this.#drain();
  }

  /** Resolves when everything written so far has been handed to the disk. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** The records in the files, newest first. Skips a line that a crash cut off. */
  async *newest(): AsyncGenerator {
    for (let n = 0; n <= this.#kept; n++) {
      const text = await readFile(n === 0 ? this.path : `${this.path}.${n}`, 'utf8').catch(ifMissing(''));
      let read = 0;
      for (const line of text.split('\n').toReversed()) {
        // A file has some 50,000 lines: let calls run in between.
        if (++read % LINES_PER_TURN === 0) await nextTurn();
        const record = line === '' ? undefined : parsedLine(line);
        if (record !== undefined) yield record;
      }
    }
  }

  /** Removes rotated files whose newest line is older than this wall time. */
  async removeOlderThan(at: number): Promise<void> {
    for (let n = 1; n <= this.#kept; n++) {
      const file = `${this.path}.${n}`;
      const written = await stat(file).then(({ mtimeMs }) => mtimeMs, ifMissing(Infinity));
      if (written < at) await rm(file, { force: true });
    }
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const lines = this.#queue;
      this.#queue = [];
      this.#chars = 0;
      try {
        await this.#append(lines);
        this.#trouble.over();
      } catch (error) {
        this.#dropped += lines.length;
        this.#size = undefined;
        if (this.#trouble.seen())
          this.#logger.warn(`${this.path} cannot be written (${codeOf(error)}); lines are dropped.`);
      }
    }
    // In the same turn as the check of the queue: the next line starts a new round.
    this.#writing = undefined;
  }

  async #append(lines: readonly string[]): Promise<void> {
    let size = (this.#size ??= await this.#open());
    let batch = '';
    let bytes = 0;
    for (const line of lines) {
      const length = Buffer.byteLength(line);
      if (size + bytes > 0 && size + bytes + length > this.maxBytes) {
        if (bytes > 0) await this.#appendText(batch);
        await this.#rotate();
        [size, batch, bytes] = [0, '', 0];
      }
      batch += line;
      bytes += length;
    }
    await this.#appendText(batch);
    this.#size = size + bytes;
  }

  /** Readable by its owner alone: it may hold text of users. */
  #appendText(text: string): Promise<void> {
    return appendFile(this.path, text, { mode: 0o600 });
  }

  async #open(): Promise<number> {
    await mkdir(dirname(this.path), { recursive: true });
    return stat(this.path).then(({ size }) => size, ifMissing(0));
  }

  async #rotate(): Promise<void> {
    const lost = await stat(`${this.path}.${this.#kept}`).catch(ifMissing(undefined));
    if (lost) this.rotation.onLost?.(lost.mtimeMs);
    for (let n = this.#kept; n >= 1; n--) {
      const from = n === 1 ? this.path : `${this.path}.${n - 1}`;
      await rename(from, `${this.path}.${n}`).catch(ifMissing(undefined));
    }
  }
}

/** `undefined` for a value that is not JSON, or is nested too deeply. */
function lineOf(record: unknown): string | undefined {
  try {
    return `${JSON.stringify(record)}\n`;
  } catch {
    return undefined;
  }
}

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (codeOf(error) === 'ENOENT') return value;
    throw error;
  };
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no code';
}
