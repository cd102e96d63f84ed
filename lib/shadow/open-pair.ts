import type { CallEnd, MirroredCall } from '../router/mirror.js';
import { AnswerCollector } from '../router/answer-collector.js';
import type { Dialect } from '../upstream/dialects/dialect.js';

/** The caller's half of a pair: its answer as it goes by, and how it ended. */
export class OpenPair extends AnswerCollector implements MirroredCall {
  /** Resolves when the caller's call has ended. */
  readonly ended: Promise<CallEnd>;
  readonly #resolve: (end: CallEnd) => void;

  constructor(dialect: Dialect) {
    super(dialect);
    const { promise, resolve } = withResolvers<CallEnd>();
    this.ended = promise;
    this.#resolve = resolve;
  }

  settled(end: CallEnd): void {
    this.#resolve(end);
  }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}
