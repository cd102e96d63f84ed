import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { RotatingLog } from './rotating-log.js';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shadow-'));
  path = join(directory, 'logs', 'shadow-requests.jsonl');
});

afterEach(async () => {
  jest.restoreAllMocks();
  await rm(directory, { recursive: true });
});

async function linesOf(file: string): Promise<unknown[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));
}

const record = (n: number) => ({ n, filler: 'x'.repeat(380) });

describe('The file of mirrors', () => {
  test('gets one JSON line each, in order, behind what is there already', async () => {
    await mkdir(join(directory, 'logs'));
    await writeFile(path, '{"n":0}\n');
    const log = new RotatingLog(path, 1_000_000);
    for (const n of [1, 2, 3]) log.write({ n });
    await log.flush();
    log.write({ n: 4 });
    await log.flush();
    expect(await linesOf(path)).toEqual([0, 1, 2, 3, 4].map((n) => ({ n })));
  });

  test('is made with its directory, for its owner alone', async () => {
    const log = new RotatingLog(path, 1_000_000);
    log.write({ text: 'two\nlines' });
    await log.flush();
    expect(await linesOf(path)).toEqual([{ text: 'two\nlines' }]);
    expect((await stat(path)).mode & 0o077).toBe(0);
  });

  test('is rotated before it grows beyond its size, and three old ones are kept', async () => {
    const log = new RotatingLog(path, 1_000);
    for (let n = 0; n < 12; n++) log.write(record(n));
    await log.flush();
    const names = ['', '.1', '.2', '.3'].map((suffix) => `shadow-requests.jsonl${suffix}`);
    expect(await readdir(join(directory, 'logs'))).toEqual(names);
    const kept = await Promise.all(names.map((name) => linesOf(join(directory, 'logs', name))));
    expect(kept).toEqual(
      [
        [10, 11],
        [8, 9],
        [6, 7],
        [4, 5],
      ].map((ns) => ns.map(record)),
    );
    for (const name of names) expect((await stat(join(directory, 'logs', name))).size).toBeLessThanOrEqual(1_000);
  });

  test('knows its size over a restart', async () => {
    for (let n = 0; n < 4; n++) {
      const log = new RotatingLog(path, 1_000);
      log.write({ n, filler: 'x'.repeat(400) });
      await log.flush();
    }
    expect(await linesOf(`${path}.1`)).toHaveLength(2);
  });

  test('takes a line that is longer than the whole file', async () => {
    const log = new RotatingLog(path, 1_000);
    log.write({ filler: 'x'.repeat(2_000) });
    log.write({ n: 1 });
    await log.flush();
    expect(await linesOf(path)).toEqual([{ n: 1 }]);
    expect(await linesOf(`${path}.1`)).toHaveLength(1);
  });

  test('drops and counts what the disk is too slow for, and holds no more than its queue', async () => {
    const log = new RotatingLog(path, 100_000_000);
    for (let n = 0; n < 5_000; n++) log.write({ n });
    await log.flush();
    const written = await linesOf(path);
    expect(written.length + log.dropped).toBe(5_000);
    expect(written.length).toBeLessThanOrEqual(2_000);
  });

  test('that cannot be written costs lines and one word in the log, nothing else', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    await writeFile(join(directory, 'logs'), 'a file where the directory should be');
    const log = new RotatingLog(path, 1_000);
    log.write({ n: 1 });
    await log.flush();
    log.write({ n: 2 });
    await log.flush();
    expect(log.dropped).toBe(2);
    expect(warn).toHaveBeenCalledTimes(1);
    await rm(join(directory, 'logs'));
    log.write({ n: 3 });
    await log.flush();
    expect(await linesOf(path)).toEqual([{ n: 3 }]);
  });
});
