import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { bodyOf, opening, socket, watchdog } from '../../test/support/body-of.js';
import { Gathered } from '../../test/support/gathered.js';
import { BodyQueue } from './body-queue.js';
import { readAll, unpackedStream } from './response-body.js';

const GZIP = { 'content-encoding': 'gzip' };

describe('A compressed answer', () => {
  test('is what was compressed, however it was cut', async () => {
    const text = 'data: {"word": "Grüße"}\n\n'.repeat(5_000);
    const packed = gzipSync(text);
    const pieces = Array.from({ length: Math.ceil(packed.length / 7) }, (_, n) => packed.subarray(n * 7, n * 7 + 7));
    const body = unpackedStream(bodyOf(pieces, watchdog()), GZIP);
    expect((await readAll(body, 1_000_000)).toString()).toBe(text);
    // Whoever comes when all of it was read hears of the end too.
    expect(await readAll(body, 1)).toHaveLength(0);
  });

  test('holds the socket back while nobody takes it', async () => {
    const { asked, controller } = socket();
    const queue = new BodyQueue(opening, watchdog());
    const body = unpackedStream(queue, GZIP);
    queue.onRequestStart(controller);
    const random = randomBytes(1_024 * 1_024);
    const packed = gzipSync(random);
    for (let at = 0; at < packed.length; at += 1_024) queue.onResponseData(controller, packed.subarray(at, at + 1_024));
    queue.onResponseEnd();
    expect(asked).toEqual(['pause']);
    expect((await readAll(body, 2_000_000)).equals(random)).toBe(true);
  });

  test('that breaks off, or is none, ends with an error', async () => {
    const packed = gzipSync(randomBytes(4_096));
    const half = unpackedStream(bodyOf([packed.subarray(0, 2_000)], watchdog()), GZIP);
    await expect(readAll(half, 10_000)).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
    const other = unpackedStream(bodyOf([Buffer.from('hello')], watchdog()), GZIP);
    await expect(readAll(other, 10_000)).rejects.toMatchObject({ code: 'Z_DATA_ERROR' });
  });

  test('that is given up closes the socket', async () => {
    const { asked, controller } = socket();
    const queue = new BodyQueue(opening, watchdog());
    queue.onRequestStart(controller);
    const body = unpackedStream(queue, GZIP);
    const sink = new Gathered<Buffer>();
    body.into(sink);
    body.resume();
    body.destroy();
    expect(await sink.over).toMatchObject({ message: 'the answer is no longer needed' });
    expect(asked).toEqual(['abort']);
  });
});
