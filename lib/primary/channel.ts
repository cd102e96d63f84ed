import { BlueGreenError, JournalUnavailableError, RevisionConflictError } from '../domain/errors.js';
import { isObject } from '../kit/json.js';
import type { Message, SentError, Wire } from './wire.js';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Calls between the primary process and a worker, in both directions. Either end offers parts, objects with verbs, and
 * the other end calls them. It knows nothing of what it carries.
 */
export class Channel {
  readonly #parts = new Map<string, object>();
  /** Calls without an answer so far. Their callers bound their number. */
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #closed = false;

  constructor(private readonly wire: Wire) {
    wire.onMessage((message) => this.#receive(message));
    wire.onClosed(() => {
      this.#closed = true;
      for (const { reject } of this.#waiting.values()) reject(gone());
      this.#waiting.clear();
    });
  }

  /** Lets the other end call the methods of an object. */
  offer(name: string, part: object): void {
    this.#parts.set(name, part);
  }

  /** A part of the other end, with these of its methods. */
  part<T extends object>(name: string, verbs: readonly (keyof T & string)[]): T {
    const method =
      (verb: string) =>
      (...args: unknown[]): Promise<unknown> =>
        this.ask(name, verb, ...args);
    return Object.fromEntries(verbs.map((verb) => [verb, method(verb)])) as T;
  }

  /** Calls a part of the other end. Rejects with its error, or when the other end is gone. */
  ask<T>(part: string, verb: string, ...args: unknown[]): Promise<T> {
    if (this.#closed) return Promise.reject(gone());
    return new Promise<unknown>((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      this.wire.send({ bg: 'ask', id, part, verb, args }, (error) => {
        if (this.#waiting.delete(id)) reject(gone(error));
      });
    }) as Promise<T>;
  }

  /** The same without an answer: what the other end does not get is lost with it. */
  tell(part: string, verb: string, ...args: unknown[]): void {
    if (!this.#closed) this.wire.send({ bg: 'ask', part, verb, args }, () => {});
  }

  #receive(message: unknown): void {
    if (!isMessage(message)) return;
    if (message.bg === 'ask') {
      void this.#answer(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.bg === 'answer') waiting?.resolve(message.value);
    else waiting?.reject(received(message.error));
  }

  async #answer({ id, part, verb, args }: Message & { bg: 'ask' }): Promise<void> {
    const reply = await this.#call(part, verb, args);
    if (id === undefined || this.#closed) return;
    const failure = (error: unknown): Message => ({ bg: 'failure', id, error: sent(error) });
    try {
      const isError = reply.error !== undefined;
      this.wire.send(isError ? failure(reply.error) : { bg: 'answer', id, value: reply.value }, () => {});
    } catch (error) {
      // A value that cannot be sent; its caller must not wait forever.
      if (!this.#closed) this.wire.send(failure(error), () => {});
    }
  }

  async #call(part: string, verb: string, args: unknown[]): Promise<{ value?: unknown; error?: unknown }> {
    try {
      const object = this.#parts.get(part) as Record<string, (...args: unknown[]) => unknown> | undefined;
      if (typeof object?.[verb] !== 'function') throw new Error(`Nobody offers ${part}.${verb}().`);
      return { value: await object[verb](...args) };
    } catch (error) {
      return { error: error ?? new Error('failed') };
    }
  }
}

function isMessage(value: unknown): value is Message {
  return isObject(value) && (value['bg'] === 'ask' || value['bg'] === 'answer' || value['bg'] === 'failure');
}

function gone(cause?: Error): Error {
  return new JournalUnavailableError('the other process of this group has ended', { cause });
}

function sent(error: unknown): SentError {
  if (error instanceof RevisionConflictError) {
    const revisions = [error.expectedRevision, error.actualRevision] as const;
    return { code: error.code, message: error.message, revisions };
  }
  const code = error instanceof BlueGreenError ? error.code : undefined;
  return { code, message: error instanceof Error ? error.message : String(error) };
}

function received({ code, message, revisions }: SentError): Error {
  if (revisions) return new RevisionConflictError(...revisions);
  if (code !== 'journal_unavailable') return new Error(message);
  return new JournalUnavailableError(message.replace(/^The journal cannot be reached: /, ''));
}
