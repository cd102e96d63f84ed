import { randomBytes } from 'node:crypto';
import { constants, mkdir, open, readFile, rename, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import { JournalUnavailableError, RevisionConflictError } from '../domain/errors.js';
import type { JournalEntry, JournalRecord } from '../domain/events.js';
import type { State } from '../domain/state.js';
import { lockFile } from './file-lock.js';
import type { Journal, JournalConnection } from './journal.js';
import { batchLine, readJournal, snapshotLine } from './journal-lines.js';
import { MemoryJournal } from './memory-journal.js';

export interface FileJournalOptions {
  /** Fewest entries to keep besides the snapshot; the file has at most twice as many. Default 10,000. */
  readonly limit?: number | undefined;
  /** Milliseconds on a clock that never goes back. */
  readonly elapsed?: (() => number) | undefined;
}

/**
 * The journal of one process, in a file that outlives it: a line of JSON for every append, on disk before it is
 * acknowledged. Reads come from memory. For several processes use {@link RedisJournal}.
 */
export class FileJournal implements Journal {
  readonly #logger = new Logger(FileJournal.name);
  readonly connection: JournalConnection;
  /** Appends run one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #failure: { readonly why: string; readonly since: number } | undefined;
  #closed = false;
  #secret: Promise<string> | undefined;

  private constructor(
    private readonly path: string,
    private readonly unlock: () => Promise<void>,
    private file: FileHandle,
    private readonly memory: MemoryJournal,
    private revision: number,
    /** Bytes of whole lines: anything after them must be cut off. */
    private length: number,
    /** Entries in the file. */
    private written: number,
    private readonly limit: number,
    private readonly elapsed: () => number,
  ) {
    this.connection = {
      awayFor: () => (this.#failure ? this.elapsed() - this.#failure.since : 0),
      problem: () => this.#failure?.why,
    };
  }

  /**
   * Opens the file, or creates it, and keeps other processes out of it until {@link close}.
   *
   * @param path of the file, which only its owner can read; missing folders are created.
   * @throws {JournalLockedError} when another process has it.
   * @throws {JournalDamagedError} when it is not as it was written. A last line that a crash cut off is not damage.
   */
  static async open(path: string, options: FileJournalOptions = {}): Promise<FileJournal> {
    const { limit = 10_000, elapsed = () => performance.now() } = options;
    const full = resolve(path);
    await mkdir(dirname(full), { recursive: true });
    const unlock = await lockFile(full);
    let file: FileHandle | undefined;
    try {
      file = await open(full, constants.O_RDWR | constants.O_CREAT, 0o600);
      await syncFolder(full);
      const bytes = await readFile(file);
      const text = readJournal(bytes, full);
      const { snapshot, entries, length } = text;
      if (length < bytes.length) {
        new Logger(FileJournal.name).warn(`${full}: an unfinished last line was cut off`);
        await file.truncate(length);
        await file.datasync();
      }
      const memory = new MemoryJournal(limit, text);
      const revision = entries.at(-1)?.revision ?? snapshot.revision;
      return new FileJournal(full, unlock, file, memory, revision, length, entries.length, limit, elapsed);
    } catch (error) {
      await file?.close();
      await unlock();
      throw error;
    }
  }

  append(records: readonly JournalRecord[], expectedRevision: number): Promise<readonly JournalEntry[]> {
    const appended = this.#last.then(() => this.#append(records, expectedRevision));
    this.#last = appended.catch(() => undefined);
    return appended;
  }

  secret(): Promise<string> {
    return (this.#secret ??= firstIn(`${this.path}.secret`, randomBytes(32).toString('hex')));
  }

  snapshot(): Promise<State> {
    return this.memory.snapshot();
  }

  read(from: number): AsyncGenerator<JournalEntry> {
    return this.memory.read(from);
  }

  follow(
    from: number,
    listener: (entry: JournalEntry) => void,
    onSnapshot?: (state: State) => void,
  ): Promise<() => void> {
    return this.memory.follow(from, listener, onSnapshot);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#last;
    await this.memory.close();
    await this.file.close();
    await this.unlock();
  }

  async #append(records: readonly JournalRecord[], expectedRevision: number): Promise<readonly JournalEntry[]> {
    if (this.#closed) throw new JournalUnavailableError(`${this.path} is closed`);
    if (expectedRevision !== this.revision) throw new RevisionConflictError(expectedRevision, this.revision);
    if (records.length === 0) return [];
    await this.#write(batchLine(records.map((record, n) => ({ ...record, revision: this.revision + 1 + n }))));
    const entries = await this.memory.append(records, expectedRevision);
    this.revision += entries.length;
    this.written += entries.length;
    if (this.written > 2 * this.limit) await this.#compact();
    return entries;
  }

  /** The whole line is on disk afterwards, or nothing of it is in the file. */
  async #write(line: string): Promise<void> {
    const bytes = Buffer.from(line);
    try {
      // Remains of a failed append.
      if (this.#failure) await this.file.truncate(this.length);
      await writeAll(this.file, bytes, this.length);
      await this.file.datasync();
      this.length += bytes.length;
      this.#failure = undefined;
    } catch (error) {
      await this.file.truncate(this.length).catch(() => undefined);
      const why = `writing ${this.path} failed: ${(error as Error).message}`;
      this.#failure ??= { why, since: this.elapsed() };
      throw new JournalUnavailableError(why, { cause: error });
    }
  }

  /** Writes the kept entries to a new file, which replaces the old one atomically. */
  async #compact(): Promise<void> {
    const draft = `${this.path}.new`;
    try {
      const kept: JournalEntry[] = [];
      for await (const entry of this.memory.read(1)) kept.push(entry);
      const text = Buffer.from(snapshotLine(await this.memory.snapshot()) + (kept.length > 0 ? batchLine(kept) : ''));
      const next = await open(draft, 'w', 0o600);
      try {
        await next.writeFile(text);
        await next.datasync();
        await rename(draft, this.path);
      } catch (error) {
        await next.close();
        throw error;
      }
      const old = this.file;
      [this.file, this.length, this.written] = [next, text.length, kept.length];
      await old.close();
      await syncFolder(this.path);
    } catch (error) {
      // The old file still has everything; the next append tries again.
      this.#logger.warn(`${this.path} could not be compacted: ${(error as Error).message}`);
    }
  }
}

/** A created or renamed file is durable once its folder is on disk. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** The content of a file for its owner alone. The first time, it gets this one. */
async function firstIn(path: string, content: string): Promise<string> {
  try {
    await writeFile(path, content, { mode: 0o600, flag: 'wx' });
    return content;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return readFile(path, 'utf8');
    throw new JournalUnavailableError(`writing ${path} failed`, { cause });
  }
}
