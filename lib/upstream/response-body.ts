import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Outlet, Pull, type Flow, type Sink } from './flow.js';
import { UpstreamFailure } from './upstream-failure.js';

/** The body of an answer as it is read: its bytes, decompressed. */
export type ResponseBody = Readable;

/**
 * Decompresses a body. We never ask for compression, but some providers, and proxies before them, compress anyway.
 * Flushes at every block, so that a compressed stream arrives as it is sent.
 */
export function decoded(body: Readable, headers: IncomingHttpHeaders): ResponseBody {
  const decoder = decoderFor(headers['content-encoding']);
  // An error on either side destroys the other; the decoder's reader gets it.
  const readable = decoder ? pipeline(body, decoder, () => {}) : body;
  // The reader gets errors too. A body without a reader must not end the process with one.
  return readable.on('error', () => {});
}

/** Why a body was closed before its end. */
export const GIVEN_UP = new Error('the answer is no longer needed');

/** Bytes as they come, for one reader at a time. */
export interface ByteStream extends Flow<Buffer>, AsyncIterable<Buffer> {
  destroy(): void;
}

/** Whether the bytes are not compressed. */
export function isPlain(headers: IncomingHttpHeaders): boolean {
  const encoding = headers['content-encoding'];
  return encoding === undefined || encoding.trim().toLowerCase() === 'identity';
}

/** The same bytes, decompressed. */
export function unpackedStream(body: ByteStream, headers: IncomingHttpHeaders): ByteStream {
  const decoder = decoderFor(headers['content-encoding']);
  return decoder ? new UnpackedStream(body, decoder) : body;
}

class UnpackedStream implements ByteStream {
  readonly #outlet = new Outlet<Buffer>();

  constructor(
    body: ByteStream,
    private readonly decoder: Transform,
  ) {
    body.into({
      write: (chunk) => decoder.write(chunk),
      end: (error) => (error ? decoder.destroy(error) : decoder.end()),
    });
    decoder.pause();
    decoder
      .on('drain', () => body.resume())
      .on('data', (chunk: Buffer) => {
        if (!this.#outlet.write(chunk)) decoder.pause();
      })
      .on('end', () => this.#outlet.end())
      .on('error', (error) => this.#outlet.end(error))
      .once('close', () => body.destroy());
    body.resume();
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return new Pull(this);
  }

  into(sink: Sink<Buffer>): void {
    this.#outlet.into(sink);
    this.decoder.pause();
  }

  pause(): void {
    this.#outlet.paused = true;
    this.decoder.pause();
  }

  resume(): void {
    this.#outlet.paused = false;
    if (this.decoder.readableEnded || this.decoder.destroyed) this.#outlet.end(this.decoder.errored ?? undefined);
    else this.decoder.resume();
  }

  destroy(): void {
    this.decoder.destroy(GIVEN_UP);
  }
}

/** The whole body. @throws {UpstreamFailure} when it is longer than `limit` bytes. */
export async function readAll(body: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new UpstreamFailure('malformed', `the answer is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}

/** Reads the rest, so that the connection can be used again; gives up after `limit` bytes. Never rejects. */
export async function drain(body: AsyncIterable<Buffer> & { destroy(): void }, limit: number): Promise<void> {
  try {
    // Not undici's `dump()`: its limit counts bytes that were read before.
    await readAll(body, limit);
  } catch {
    body.destroy();
  }
}

function decoderFor(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip({ flush: constants.Z_SYNC_FLUSH });
    case 'deflate':
      return createInflate({ flush: constants.Z_SYNC_FLUSH });
    case 'br':
      return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH });
    default:
      return undefined;
  }
}
