import type { StreamTranslation } from '../translate/translation.js';
import { BodyEvents } from './body-events.js';
import { Outlet, Pull, type Sink } from './flow.js';
import type { ByteStream } from './response-body.js';
import { formatEvents } from './sse.js';
import type { StreamAsked } from './stream-asked.js';

/** Says that the provider is at work, when what it sent has no words in the other format. */
const SIGN_OF_LIFE = Buffer.from(':\n\n');

/** A stream in the format of its caller, made of one in the format of its upstream. Pauses and aborts pass through. */
export class TranslatedBody implements ByteStream {
  readonly #outlet = new Outlet<Buffer>();
  readonly #events = new BodyEvents();
  #broken: Error | undefined;

  constructor(
    private readonly body: ByteStream,
    private readonly translation: StreamTranslation,
    private readonly asEvents: StreamAsked['asEvents'],
  ) {
    body.into({ write: (chunk) => this.#read(chunk), end: (error) => this.#ended(error) });
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return new Pull(this);
  }

  into(sink: Sink<Buffer>): void {
    this.#outlet.into(sink);
  }

  pause(): void {
    this.#outlet.paused = true;
    this.body.pause();
  }

  resume(): void {
    this.#outlet.paused = false;
    if (this.#broken) this.#outlet.end(this.#broken);
    else this.body.resume();
  }

  destroy(): void {
    this.body.destroy();
  }

  #read(chunk: Buffer): boolean {
    try {
      const events = this.#events.read(chunk).flatMap((event) => this.translation.read(event));
      return this.#outlet.write(events.length === 0 ? SIGN_OF_LIFE : Buffer.from(formatEvents(events)));
    } catch (error) {
      this.#broken = error as Error;
      this.body.destroy();
      this.#outlet.end(this.#broken);
      return false;
    }
  }

  #ended(error: Error | undefined): void {
    if (this.#broken) return;
    let reason = error;
    try {
      const { whole } = this.#events;
      const events = error || !whole ? [] : this.asEvents(whole).flatMap((event) => this.translation.read(event));
      const all = error ? [] : [...events, ...this.translation.end()];
      if (all.length > 0) this.#outlet.write(Buffer.from(formatEvents(all)));
    } catch (failure) {
      reason = failure as Error;
    }
    this.#outlet.end(reason);
  }
}
