import { createParser } from 'eventsource-parser';

/** One server-sent event: its name, when it has one, and its data. */
export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** Longest event that is read: an image in a delta fits, a line that never ends does not. */
const MAX_EVENT_CHARS = 16 * 1024 * 1024;

/**
 * Reads events from a body, however the bytes are cut: packets, split UTF-8, CRLF, comments. An event that the
 * end of the body cuts off is dropped, as the specification asks.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<SseEvent[]> {
  const decoder = new TextDecoder();
  let events: SseEvent[] = [];
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onError: (error) => {
      // Only a line without end is beyond reading on; whatever else is odd, the dialect will judge by its data.
      if (error.type === 'max-buffer-size-exceeded') throw error;
    },
    onEvent: ({ event, data }) => {
      events.push({ event, data });
    },
  });
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (events.length === 0) continue;
    const ready = events;
    events = [];
    yield ready;
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
