import type { Version } from '../domain/version.js';
import type { Continuation } from '../upstream/dialects/dialect.js';
import type { JsonObject } from '../kit/json.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import { Pull } from '../upstream/flow.js';
import type { UpstreamStream } from '../upstream/upstream-stream.js';
import type { StreamEvent } from '../upstream/accepted-events.js';
import type { BegunStream } from './stream-buffer.js';

/** How the next environment is asked to continue. */
export type ResumeMode = 'prefill' | 'restart';

/** By prefill if the model is declared to take one, else by a restart that has to match what was sent. */
export function resumeModes({ capabilities }: Version): readonly ResumeMode[] {
  return capabilities?.assistantPrefill ? ['prefill', 'restart'] : ['restart'];
}

export function bodyFor(mode: ResumeMode, body: JsonObject, sent: string, continuation: Continuation): JsonObject {
  return mode === 'prefill' && sent !== '' ? continuation.prefilled(body, sent) : body;
}

/**
 * Begins a stream that continues after `sent`. A restarted answer has to begin with what was sent, and that part is
 * skipped; one that turns out differently is refused before anything of it goes out.
 *
 * @throws {UpstreamFailure}
 */
export async function resumed(
  upstream: UpstreamStream,
  mode: ResumeMode,
  sent: string,
  continuation: Continuation,
): Promise<BegunStream> {
  const rest = new Pull(upstream);
  const buffered: StreamEvent[] = [];
  let left = mode === 'restart' ? sent : '';
  // Up to the first content that is new: from there on the caller gets it.
  while (!buffered.some(({ reading }) => reading.kind === 'content')) {
    const next = await rest.next();
    if (next.done && left === '') break;
    if (next.done) throw refused(upstream, 'the restarted answer is shorter than what was sent');
    for (const event of next.value) {
      if (left === '') {
        buffered.push(event);
        continue;
      }
      const text = event.reading.text ?? '';
      if (!agree(text, left)) throw refused(upstream, 'the restarted answer turned out differently');
      const fresh = text.slice(left.length);
      left = left.slice(text.length);
      // The event where the two meet may carry more, such as the reason to stop: keep it.
      if (left === '') buffered.push(withText(event, fresh, continuation));
    }
  }
  return { upstream, buffered };
}

function agree(text: string, expected: string): boolean {
  return text.length <= expected.length ? expected.startsWith(text) : text.startsWith(expected);
}

function withText(event: StreamEvent, text: string, continuation: Continuation): StreamEvent {
  const kind = text === '' ? 'meta' : event.reading.kind;
  return { ...event, data: continuation.withText(event.data, text), reading: { ...event.reading, kind, text } };
}

function refused(upstream: UpstreamStream, why: string): UpstreamFailure {
  const failure = new UpstreamFailure('malformed', why);
  upstream.cancel(failure);
  return failure;
}
