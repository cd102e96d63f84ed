import { execFile } from 'node:child_process';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SIZE = '8m';
const BLOCK = Buffer.alloc(4_096);

/** A small file system of its own, that can be full. Takes a user who may mount; else it is a folder and never full. */
export class Disk {
  private constructor(
    readonly path: string,
    readonly canBeFull: boolean,
  ) {}

  static async mount(folder: string): Promise<Disk> {
    const path = join(folder, 'disk');
    await mkdir(path);
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', path]);
      return new Disk(path, true);
    } catch {
      return new Disk(path, false);
    }
  }

  /** Not a byte is left. */
  async fill(): Promise<void> {
    if (!this.canBeFull) return;
    const file = await open(this.#ballast, 'a');
    // Whole blocks, then what is left of the last one.
    for (const part of [BLOCK, BLOCK.subarray(0, 1)]) while (await isWritten(file, part));
    await file.close();
  }

  async free(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  async unmount(): Promise<void> {
    if (this.canBeFull) await run('umount', [this.path]);
  }

  get #ballast(): string {
    return join(this.path, 'ballast');
  }
}

async function isWritten(file: FileHandle, part: Buffer): Promise<boolean> {
  try {
    await file.appendFile(part);
    return true;
  } catch {
    return false;
  }
}
