import { EventEmitter, once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { ALIAS, KEY } from '../overhead/ours.js';

/** Where the streams are asked for. */
export interface Asked {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
}

const OURS = { headers: { authorization: `Bearer ${KEY}` }, model: ALIAS };

function bodyFor(model: string): string {
  return JSON.stringify({
    model,
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: 'Where is my parcel?' }],
  });
}

const NEWLINE = 10;
/** The end of an answer, from its usage on, is shorter. */
const TAIL_CHARS = 512;
/** Behind the words: the reason to stop, the usage, the mark. */
const CLOSING_EVENTS = 3;

/** One caller with one stream. */
export class Caller {
  /** When the first byte of the answer is there, or the call has failed. */
  readonly begun: Promise<unknown>;
  readonly ended: Promise<unknown>;
  /** Milliseconds: the longest time between two reads. */
  longestGap = 0;
  /** Milliseconds from the call to the first byte of the answer. */
  firstByte = 0;
  /** Gets the milliseconds between two reads. */
  onGap: ((ms: number) => void) | undefined;
  readonly #calledAt = performance.now();
  #status = 0;
  #newlines = 0;
  #tail = '';
  #lastAt = 0;
  #failure: string | undefined;
  #hasEnded = false;

  constructor(port: number, user: number, agent: Agent, asked: Omit<Asked, 'port'> = OURS) {
    const events = new EventEmitter();
    this.begun = once(events, 'begun');
    this.ended = once(events, 'ended');
    const close = (failure?: string): void => {
      this.#failure ??= failure;
      this.#hasEnded = true;
      events.emit('begun');
      events.emit('ended');
    };
    const body = bodyFor(asked.model);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...asked.headers,
      'x-user-id': `user-${user}`,
    };
    const call = request({ host: '127.0.0.1', port, path: '/v1/chat/completions', method: 'POST', headers, agent });
    call.on('error', (error) => close(error.message));
    call.on('response', (answer: IncomingMessage) => {
      this.#status = answer.statusCode!;
      answer.on('data', (part: Buffer) => {
        this.#take(part);
        events.emit('begun');
      });
      answer.on('error', (error) => close(error.message));
      answer.on('end', () => close());
    });
    call.end(body);
  }

  /** Has begun and goes on. */
  get isOpen(): boolean {
    return this.#lastAt > 0 && !this.#hasEnded;
  }

  /** The fault of the answer, now that it should be over; `undefined` when it is the whole answer. */
  get problem(): string | undefined {
    if (this.#failure !== undefined) return this.#failure;
    if (!this.#hasEnded) return 'has not ended';
    if (this.#status !== 200) return `status ${this.#status}`;
    if (!this.#tail.endsWith('data: [DONE]\n\n')) return 'has no end';
    const words = Number(/"completion_tokens":(\d+)/.exec(this.#tail)?.[1]);
    const events = this.#newlines / 2 - CLOSING_EVENTS;
    return events === words ? undefined : `${events} of ${words} words`;
  }

  #take(part: Buffer): void {
    const now = performance.now();
    if (this.#lastAt === 0) this.firstByte = now - this.#calledAt;
    else {
      this.longestGap = Math.max(this.longestGap, now - this.#lastAt);
      this.onGap?.(now - this.#lastAt);
    }
    this.#lastAt = now;
    for (const byte of part) if (byte === NEWLINE) this.#newlines++;
    this.#tail = (this.#tail + part.toString('latin1')).slice(-TAIL_CHARS);
  }
}
