import { execFile } from 'node:child_process';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SIZE = '8m';
const BLOCK = Buffer.alloc(4_096);

/**
 * A small file system of its own, that can be full. A user who may not mount one gets a folder, and a process that can
 * write no further than the first byte of any file.
 */
export class Disk {
  private constructor(
    readonly path: string,
    private readonly isMounted: boolean,
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

  /** Not a byte is left. @param pid of the process that is to notice. */
  async fill(pid: number): Promise<void> {
    if (!this.isMounted) {
      await limitFiles(pid, '1:unlimited');
      return;
    }
    const file = await open(this.#ballast, 'a');
    // Whole blocks, then what is left of the last one.
    for (const part of [BLOCK, BLOCK.subarray(0, 1)]) while (await isWritten(file, part));
    await file.close();
  }

  async free(pid: number): Promise<void> {
    await rm(this.#ballast, { force: true });
    if (!this.isMounted) await limitFiles(pid, 'unlimited:unlimited');
  }

  async unmount(): Promise<void> {
    if (this.isMounted) await run('umount', [this.path]);
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

/** A process that has been killed meanwhile, limit and all, is as good as one that may write again. */
async function limitFiles(pid: number, size: string): Promise<void> {
  await run('prlimit', ['--pid', String(pid), `--fsize=${size}`]).catch(() => undefined);
}
