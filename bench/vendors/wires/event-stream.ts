import { crc32 } from 'node:zlib';
import type { Reply } from './wire.js';

/** An event of Amazon's binary streams, or an exception that ends one. */
export type Event = readonly [type: string, payload: object, kind?: 'event' | 'exception'];

export function framed(events: readonly Event[]): Reply {
  const headers = { 'content-type': 'application/vnd.amazon.eventstream' };
  return { status: 200, headers, body: events.map(frameOf) };
}

/** Lengths, headers and payload, each part followed by its checksum. */
function frameOf([type, payload, kind = 'event']: Event): Buffer {
  const headers = Buffer.concat([
    headerOf(`:${kind}-type`, type),
    headerOf(':content-type', 'application/json'),
    headerOf(':message-type', kind),
  ]);
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(16 + headers.length + body.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  const front = Buffer.concat([prelude, checksum(prelude), headers, body]);
  return Buffer.concat([front, checksum(front)]);
}

function headerOf(name: string, value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(value.length);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)]);
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}
