import { brotliCompressSync, createBrotliCompress, createGzip, gzipSync } from 'node:zlib';
import { fallbackAnswers, primaryAnswers } from '../expectation.js';
import { byForm, refusalBody } from '../provider/behaviours.js';
import type { Behaviour } from '../provider/raw-provider.js';
import { jsonAnswer, streamEvents } from '../provider/speaker.js';
import type { Fault } from './fault.js';

interface Encoding {
  readonly name: string;
  readonly compress: (text: string) => Buffer;
  readonly stream: () => ReturnType<typeof createGzip> | ReturnType<typeof createBrotliCompress>;
}

const GZIP: Encoding = { name: 'gzip', compress: gzipSync, stream: createGzip };
const BROTLI: Encoding = { name: 'br', compress: brotliCompressSync, stream: createBrotliCompress };

/** Providers that compress although nobody asked them to. */
export const ENCODINGS: readonly Fault[] = [
  { name: 'gzip body', primary: () => encoded(GZIP), promise: primaryAnswers() },
  { name: 'brotli body', primary: () => encoded(BROTLI), promise: primaryAnswers() },
  {
    name: 'an error as gzip: context length',
    primary: () => (exchange) =>
      exchange.whole(400, gzipSync(refusalBody('context_length_exceeded')), { 'content-encoding': 'gzip' }),
    promise: fallbackAnswers(1),
  },
  {
    name: 'a body that says gzip and is none',
    primary: () =>
      byForm({
        json: (exchange) => exchange.whole(200, jsonAnswer(exchange.speaker), { 'content-encoding': 'gzip' }),
        sse: (exchange) => {
          exchange.openStream({ 'content-encoding': 'gzip' });
          for (const data of streamEvents(exchange.speaker)) exchange.event(data);
          exchange.lastChunk();
        },
      }),
    promise: { ...fallbackAnswers(3), got: 'answer', from: 'either' },
  },
];

function encoded({ name, compress, stream }: Encoding): Behaviour {
  return byForm({
    json: (exchange) => exchange.whole(200, compress(jsonAnswer(exchange.speaker)), { 'content-encoding': name }),
    sse: async (exchange) => {
      exchange.openStream({ 'content-encoding': name });
      const encoder = stream();
      encoder.on('data', (bytes: Buffer) => exchange.chunk(bytes));
      for (const data of streamEvents(exchange.speaker)) {
        encoder.write(`data: ${data}\n\n`);
        await new Promise<void>((resolve) => {
          encoder.flush(resolve);
        });
      }
      encoder.end();
      await new Promise((resolve) => {
        encoder.once('end', resolve);
      });
      exchange.lastChunk();
    },
  });
}
