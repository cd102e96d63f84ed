import type { ModelChunk } from '../translate/model.js';
import { Outlet, Pull, type Sink } from './flow.js';
import { errorJson } from './model-errors.js';
import type { ByteStream } from './response-body.js';
import { formatEvent } from './sse.js';

/** Files that a model makes may be bytes. */
export function inBase64(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

/**
 * The parts of a model object's stream, as the events of a body: read only while the reader takes more, so that
 * backpressure reaches the provider. Bytes, such as those of an error, pass as they are.
 */
export class PartStream implements ByteStream {
  readonly #outlet = new Outlet<Buffer>();
  readonly #reader: ReadableStreamDefaultReader<object>;
  /** Read, and not yet taken. */
  #held: Buffer | undefined;
  #isReading = false;
  #end: { readonly error?: Error } | undefined;

  /** @param chunkOf a part in the pivot's words. */
  constructor(
    parts: ReadableStream<object>,
    private readonly chunkOf: (part: object) => ModelChunk,
  ) {
    this.#reader = parts.getReader();
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return new Pull(this);
  }

  into(sink: Sink<Buffer>): void {
    this.#outlet.into(sink);
  }

  pause(): void {
    this.#outlet.paused = true;
  }

  resume(): void {
    this.#outlet.paused = false;
    const held = this.#held;
    this.#held = undefined;
    if (held) this.#outlet.write(held);
    if (this.#outlet.paused) return;
    if (this.#end) this.#outlet.end(this.#end.error);
    else if (!this.#isReading) void this.#read();
  }

  destroy(): void {
    if (this.#end) return;
    this.#end = {};
    this.#reader.cancel().catch(() => {});
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      while (!this.#outlet.paused && !this.#end) {
        const { done, value } = await this.#reader.read();
        if (this.#end) return;
        if (done) this.#end = {};
        else this.#take(value);
      }
    } catch (error) {
      this.#end = { error: error as Error };
    } finally {
      this.#isReading = false;
    }
    if (this.#end && !this.#outlet.paused) this.#outlet.end(this.#end.error);
  }

  #take(part: object): void {
    const bytes = part instanceof Uint8Array ? Buffer.from(part) : bytesOf(this.chunkOf(part));
    if (this.#outlet.paused) this.#held = bytes;
    else this.#outlet.write(bytes);
  }
}

function bytesOf(part: ModelChunk): Buffer {
  const told = part.type === 'error' ? { type: part.type, error: errorJson(part.error) } : part;
  const data = part.type === 'file' ? JSON.stringify(told, inBase64) : JSON.stringify(told);
  return Buffer.from(part.type === 'raw' ? ':\n\n' : formatEvent({ event: undefined, data }));
}
