import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { EventReader, formatEvents, type SseEvent } from './sse.js';

function read(...packets: readonly (string | Uint8Array)[]): SseEvent[] {
  const reader = new EventReader();
  return packets.flatMap((packet) => reader.read(typeof packet === 'string' ? Buffer.from(packet) : packet));
}

const named = (data: string, event?: string): SseEvent => ({ event, data });

/** Cuts bytes at the given places, in packets that may be empty. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const bounds = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return bounds.slice(1).map((bound, index) => bytes.subarray(bounds[index], bound));
}

const line = fc.string({ unit: 'binary' }).map((value) => value.replace(/[\r\n]/g, '|'));
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const sent = fc.record({
  lines: fc.array(line, { minLength: 1, maxLength: 3 }),
  comment: fc.option(line, { nil: undefined }),
});

describe('reading server-sent events', () => {
  test('any cut of the bytes into packets gives the same events, whatever ends the lines', () => {
    fc.assert(
      fc.property(
        fc.array(sent, { maxLength: 5 }),
        lineEnd,
        fc.array(fc.nat(), { maxLength: 8 }),
        (events, end, places) => {
          const lines = events.flatMap(({ lines: data, comment }) => [
            ...(comment === undefined ? [] : [`:${comment}`]),
            ...data.map((value) => `data: ${value}`),
            '',
          ]);
          const bytes = Buffer.from(lines.map((value) => value + end).join(''));
          const expected = events.map(({ lines: data }) => named(data.join('\n')));
          expect(read(...cut(bytes, places))).toEqual(expected);
        },
      ),
    );
  });

  test('every single cut of a stream of CRLF, CR, comments and emoji gives the same events', () => {
    const bytes = Buffer.from(': hi\r\nevent: delta\r\ndata: 🟢 grün\r\n\r\ndata: a\rdata: b\r\rdata: [DONE]\n\n');
    const expected = [named('🟢 grün', 'delta'), named('a\nb'), named('[DONE]')];
    for (let place = 0; place <= bytes.length; place++) {
      expect(read(bytes.subarray(0, place), bytes.subarray(place))).toEqual(expected);
    }
  });

  test('an event that ends in CR is there at once, not with the next packet', () => {
    expect(read('data: now\r\r')).toEqual([named('now')]);
  });

  test('a CRLF that is cut in two takes no LF with it but its own', () => {
    expect(read('data: mixed\r', '\n', '\n')).toEqual([named('mixed')]);
    const bytes = Buffer.from('data: a\r\n\ndata: b\r\r\n');
    expect(read(...cut(bytes, [...bytes.keys()]))).toEqual([named('a'), named('b')]);
  });

  test('an event that the end of the body cuts off is dropped', () => {
    expect(read('data: whole\n\n', 'data: cut\n')).toEqual([named('whole')]);
    expect(read('data: whole\r\r', 'data: cut\r')).toEqual([named('whole')]);
  });

  test('a byte order mark, unknown fields, and a field without a colon are passed over', () => {
    expect(read('\uFEFFdata: a\n\nretry: soon\nid: 7\nnonsense\ncolour: blue\ndata: b\n\n')).toEqual([
      named('a'),
      named('b'),
    ]);
  });

  test('a line that never ends is given up as malformed', () => {
    const packet = 'x'.repeat(1024 * 1024);
    const endless = ['data: ', ...Array.from({ length: 17 }, () => packet)];
    expect(() => read(...endless)).toThrow(expect.objectContaining({ name: 'UpstreamFailure', failure: 'malformed' }));
  });

  test('an event of many lines without end is given up too', () => {
    const packet = `data: ${'x'.repeat(1024 * 1024)}\n`;
    const endless = Array.from({ length: 17 }, () => packet);
    expect(() => read(...endless)).toThrow(expect.objectContaining({ failure: 'malformed' }));
  });

  test('what is written reads back the same', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ event: fc.constantFrom(undefined, 'error', 'delta'), data: sent.map(joined) })),
        (events) => {
          expect(read(formatEvents(events))).toEqual(events);
        },
      ),
    );
  });
});

function joined({ lines }: { lines: readonly string[] }): string {
  return lines.join('\n');
}
