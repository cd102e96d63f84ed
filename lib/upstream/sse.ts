import { createParser } from 'eventsource-parser';
import { UpstreamFailure } from './upstream-failure.js';

/** One server-sent event: its name, if it has one, and its data. */
export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** Longest event that is read. An image in a delta fits; a line that never ends does not. */
const MAX_EVENT_CHARS = 16 * 1024 * 1024;

/**
 * Reads events from the bytes of a body, however they are cut: packets, split UTF-8, CRLF, comments. Drops an event
 * that the end of the body cuts off, as the specification asks.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventReader {
  readonly #decoder = new TextDecoder();
  #ready: SseEvent[] = [];
  #afterCr = false;
  readonly #parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onError: (error) => {
      // Only a line without an end stops the reading. The dialect judges anything else by its data.
      if (error.type === 'max-buffer-size-exceeded') {
        throw new UpstreamFailure('malformed', `an event is longer than ${MAX_EVENT_CHARS} characters`);
      }
    },
    onEvent: ({ event, data }) => {
      this.#ready.push({ event, data });
    },
  });

  /** The events that end in this chunk. @throws {UpstreamFailure} `malformed` when an event does not end. */
  read(chunk: Uint8Array): SseEvent[] {
    let text = this.#decoder.decode(chunk, { stream: true });
    // The parser holds a CR at the end in case an LF follows. Give it the LF now, and drop the one that may follow.
    if (text !== '' && this.#afterCr) {
      this.#afterCr = false;
      if (text.startsWith('\n')) text = text.slice(1);
    }
    if (text === '') return [];
    this.#afterCr = text.endsWith('\r');
    this.#parser.feed(this.#afterCr ? `${text}\n` : text);
    const ready = this.#ready;
    // These events must not wait for the next chunk.
    this.#ready = [];
    return ready;
  }
}

/** An event as it goes over the wire. */
export function formatEvent({ event, data }: SseEvent): string {
  const lines = data.includes('\n') ? data.replaceAll('\n', '\ndata: ') : data;
  return event === undefined ? `data: ${lines}\n\n` : `event: ${event}\ndata: ${lines}\n\n`;
}

export function formatEvents(events: readonly SseEvent[]): string {
  return events.map(formatEvent).join('');
}
