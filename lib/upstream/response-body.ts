import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { UpstreamFailure } from './upstream-failure.js';

/** The body of an answer as it is read: its bytes, decompressed. */
export type ResponseBody = Readable;

/**
 * Undoes a compression that nobody asked for: some providers, and proxies before them, compress all the same. Flushed
 * at every block, so that a compressed stream arrives as it is sent.
 */
export function decoded(body: Readable, headers: IncomingHttpHeaders): ResponseBody {
  const decoder = decoderFor(headers['content-encoding']);
  // An error on either side destroys the other; whoever reads the decoder gets it.
  const readable = decoder ? pipeline(body, decoder, () => {}) : body;
  // Whoever reads gets its errors. A body that nobody reads any more must not end the process with one.
  return readable.on('error', () => {});
}

/** Bytes as they come, for one reader after the other. */
export interface ByteStream extends AsyncIterable<Buffer> {
  destroy(): void;
}

/** Whether nothing has been done to the bytes. */
export function isPlain(headers: IncomingHttpHeaders): boolean {
  const encoding = headers['content-encoding'];
  return encoding === undefined || encoding.trim().toLowerCase() === 'identity';
}

/** The same bytes, decompressed. */
export function unpackedStream(body: ByteStream, headers: IncomingHttpHeaders): ByteStream {
  const readable = decoded(Readable.from(body, { objectMode: false }), headers);
  readable.once('close', () => body.destroy());
  return {
    [Symbol.asyncIterator]: () => readable.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>,
    destroy: () => void readable.destroy(),
  };
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

/** Reads what is left, so that the connection can be used again; beyond `limit` bytes it is given up. Never rejects. */
export async function drain(body: ByteStream, limit: number): Promise<void> {
  try {
    // Not undici's `dump()`: its limit counts what has been read before.
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
