import { EventReader, type SseEvent } from './sse.js';
import { UpstreamFailure } from './upstream-failure.js';

/** A longer answer in place of a stream is not read to its end. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The events of a body that should be a stream. Its first character tells what it is, since relays send streams under
 * any content type, and whole answers or errors in place of a stream. Those are collected and given back at the end.
 */
export class BodyEvents {
  readonly #events = new EventReader();
  #kind: 'stream' | 'whole' | undefined;
  #chunks: Uint8Array[] = [];
  #size = 0;

  /** The events that end in this chunk. @throws {UpstreamFailure} `malformed` when something has no end. */
  read(chunk: Uint8Array): SseEvent[] {
    this.#kind ??= kindOf(chunk);
    if (this.#kind !== 'whole') return this.#events.read(chunk);
    this.#size += chunk.length;
    if (this.#size > MAX_BYTES) throw new UpstreamFailure('malformed', `the answer is longer than ${MAX_BYTES} bytes`);
    this.#chunks.push(chunk);
    return [];
  }

  /** At the end: the body, if it was not a stream. */
  get whole(): Buffer | undefined {
    return this.#kind === 'whole' ? Buffer.concat(this.#chunks) : undefined;
  }
}

/** JSON and pages begin with these; a stream never does. */
const WHOLE = new Set(['{', '[', '<']);

/** `undefined` while there is only white space. */
function kindOf(chunk: Uint8Array): 'stream' | 'whole' | undefined {
  const start = new TextDecoder().decode(chunk.subarray(0, 256)).trimStart();
  if (start === '') return undefined;
  return WHOLE.has(start[0]!) ? 'whole' : 'stream';
}
