import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { chunk, finish } from '../../test/support/fake-provider.js';
import { Gathered } from '../../test/support/gathered.js';
import { saidBy, STREAM_TOTAL, StreamedCall } from '../../test/support/streamed-call.js';
import type { StreamEvent } from '../upstream/accepted-events.js';

const DONE = 'data: [DONE]\n\n';
const FAILED = 'data: {"error":{"message":"x","code":"server_error"}}\n\n';
const HELLO = chunk('m', 'Hello');

type Batch = readonly StreamEvent[];

/** A stream that goes into this sink, and has begun with its first word. */
async function greeted(sink: Gathered<Batch>) {
  const call = new StreamedCall();
  call.comes(HELLO);
  const stream = await call.begun();
  stream.into(sink);
  stream.resume();
  return { call, stream };
}

/** Ways in which a call comes to an end that its upstream knows nothing of. */
const leaving: Readonly<Record<string, (call: StreamedCall) => void>> = {
  'the caller leaves': ({ caller }) => caller.abort(),
  'it is not read for too long': ({ clock }) => clock.advance(STREAM_TOTAL),
  'the process ends': ({ end }) => end.end(),
};

describe.each(Object.entries(leaving))('When %s, the books of a stream are closed', (_, leave) => {
  test.each([
    ['that goes on', HELLO],
    ['that was whole in the packet that begins it', HELLO + finish('m') + DONE],
    ['that was whole without its mark', HELLO + finish('m')],
    ['that failed in the packet that begins it', HELLO + FAILED],
  ])('%s, before anybody has read of it', async (_what, bytes) => {
    const call = new StreamedCall();
    call.comes(bytes);
    const stream = await call.begun();
    leave(call);
    expect(call.books).toHaveLength(1);
    const sink = new Gathered<Batch>();
    stream.into(sink);
    stream.resume();
    expect([sink.ends.length, call.books.length]).toEqual([1, 1]);
    const { marks } = saidBy(sink.values);
    expect(sink.ends[0] === undefined).toBe(marks === 1);
  });

  test.each([
    ['that goes on', ''],
    ['that is whole', finish('m') + DONE],
    ['that failed', FAILED],
  ])('%s, while its caller can take no more', async (_what, bytes) => {
    const sink = new Gathered<Batch>(() => false);
    const { call } = await greeted(sink);
    call.comes(chunk('m', ' you') + bytes);
    expect(call.books).toEqual([]);
    leave(call);
    expect([sink.ends.length, call.books.length]).toEqual([1, 1]);
  });

  test.each([true, false])('that is being unpacked (its bytes are all there: %s)', async (hasEnded) => {
    const call = new StreamedCall({ 'content-encoding': 'gzip' });
    const packed = gzipSync(HELLO.repeat(20_000) + finish('m') + DONE, { level: 0 });
    const half = packed.length / 2;
    call.comes(packed.subarray(0, half));
    const stream = await call.begun();
    let left = false;
    const sink = new Gathered<Batch>(() => !left);
    stream.into(sink);
    stream.resume();
    if (hasEnded) {
      call.comes(packed.subarray(half));
      call.body.onResponseEnd();
    }
    // Then it takes nothing more, as a response whose socket is gone.
    left = true;
    leave(call);
    await call.closed;
    expect(await sink.over).toBeInstanceOf(Error);
    expect(call.books).toHaveLength(1);
  });
});

describe('A stream', () => {
  test('that is given up behind its last word ends with the mark that was still to come', async () => {
    const sink = new Gathered<Batch>(() => false);
    const { call, stream } = await greeted(sink);
    stream.resume();
    call.comes(finish('m'));
    call.comes(DONE);
    call.clock.advance(STREAM_TOTAL);
    expect(call.books).toEqual(['ok']);
    expect(sink.ends).toEqual([undefined]);
    expect(saidBy(sink.values)).toEqual({ text: 'Hello', marks: 1 });
  });

  test('whose sink throws ends with what was thrown, and closes the socket', async () => {
    const mistake = new Error('a mistake of ours');
    const sink = new Gathered<Batch>(() => {
      throw mistake;
    });
    const { call } = await greeted(sink);
    expect(sink.ends).toEqual([mistake]);
    expect([call.books, call.socket.asked]).toEqual([['client_abort'], ['abort']]);
  });
});
