import type { EventReading, StreamReader } from './dialects/readings.js';
import { errorFacts } from './errors/error-facts.js';
import { retryAdvice } from './errors/retry-advice.js';
import { readingOf } from './named-error.js';
import type { SseEvent } from './sse.js';
import { UpstreamFailure } from './upstream-failure.js';

const NOTHING = errorFacts(undefined);

/** An event that goes on to the caller, with what it says. */
export interface StreamEvent extends SseEvent {
  readonly reading: EventReading;
}

/** The content of a batch of events. */
export interface AcceptedEvents {
  /** Those that go on to the caller. */
  readonly events: readonly StreamEvent[];
  /** How many of them are content. */
  readonly content: number;
  /** The mark that closes the answer was among them. */
  readonly isEnd: boolean;
  readonly error?: UpstreamFailure;
}

/**
 * Reads events until the answer ends or breaks.
 *
 * @param isSecret whether a text must not reach the caller.
 * @param now by the wall clock.
 */
export function accepted(
  batch: readonly SseEvent[],
  reader: StreamReader,
  hideUsage: boolean,
  isSecret: (text: string) => boolean,
  now: () => number,
): AcceptedEvents {
  const events: StreamEvent[] = [];
  let content = 0;
  for (const event of batch) {
    const reading = readingOf(reader, event);
    if (reading.kind === 'error') {
      const { failure = 'server_error', facts = NOTHING } = reading;
      const said = isSecret(event.data) ? undefined : event.data;
      const details = { ...retryAdvice(failure, {}, facts, now()), said };
      const error = new UpstreamFailure(failure, 'the provider sent an error in its stream', details);
      return { events, content, isEnd: false, error };
    }
    // The mark of a broken answer is not passed on: its reader would take it for whole.
    if (reading.kind === 'end' && !reader.complete) {
      const error = new UpstreamFailure('truncated', 'the stream was closed before the answer was whole');
      return { events, content, isEnd: false, error };
    }
    // A malformed event is skipped: if the rest is whole, so is the answer.
    if (reading.kind === 'malformed' || (reading.kind === 'usage' && hideUsage)) continue;
    if (reading.kind === 'content') content++;
    events.push({ reading, ...event });
    if (reading.kind === 'end') return { events, content, isEnd: true };
  }
  return { events, content, isEnd: false };
}
