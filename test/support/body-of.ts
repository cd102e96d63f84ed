import { BodyQueue } from '../../lib/upstream/body-queue.js';
import { Watchdog } from '../../lib/upstream/watchdog.js';
import { FakeClock } from './fake-clock.js';

/** Nobody waits for the answer to begin. */
export const opening = { begun: () => undefined, failed: () => undefined };

export const watchdog = (): Watchdog => new Watchdog(new FakeClock(), undefined);

/** A socket that says what was asked of it. */
export function socket() {
  const asked: string[] = [];
  const ask = (what: string) => () => void asked.push(what);
  const controller = { aborted: false, paused: false, reason: null, rawHeaders: null, rawTrailers: null };
  return { asked, controller: { ...controller, abort: ask('abort'), pause: ask('pause'), resume: ask('resume') } };
}

/** The body of an answer that came in these pieces, and has ended. */
export function bodyOf(pieces: Iterable<Uint8Array>, limits: Watchdog): BodyQueue {
  const body = new BodyQueue(opening, limits);
  const { controller } = socket();
  for (const piece of pieces) body.onResponseData(controller, Buffer.from(piece));
  body.onResponseEnd();
  return body;
}
