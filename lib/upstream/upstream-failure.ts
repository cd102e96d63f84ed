import type { Addition } from './errors/refused-addition.js';
import type { FailureClass } from '../domain/outcome.js';

/** A provider's error answer, kept to show a caller their own mistake. */
export interface ErrorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  /** The provider's headers that may be passed on. */
  readonly passed?: Readonly<Record<string, string>>;
}

/**
 * One attempt failed. Stays inside the module; callers get an `UpstreamError`. The message never quotes the provider,
 * whose words may repeat a prompt or part of a key.
 */
export class UpstreamFailure extends Error {
  /** Milliseconds that the provider asked to wait. */
  readonly retryAfter: number | undefined;
  /** Whether the same request may pass later, as the provider says; `undefined`: it does not. */
  readonly again: boolean | undefined;
  /** The part of the request that is refused, if it is one that we may have added. */
  readonly refusedAddition: Addition | undefined;
  /** HTTP status of the provider's answer; absent when none came, or when the failure is not about it. */
  readonly status: number | undefined;
  /** It refuses a file that the request refers to: another environment may have it. */
  readonly unknownFile: boolean;
  /** `false`: the call was not made, because of a breaker or because the environment cannot take it. */
  readonly asked: boolean;
  readonly #answer: ErrorAnswer | undefined;
  readonly #said: string | undefined;

  constructor(
    readonly failure: FailureClass,
    message: string,
    details: {
      retryAfter?: number | undefined;
      again?: boolean | undefined;
      refusedAddition?: Addition | undefined;
      status?: number | undefined;
      asked?: boolean;
      unknownFile?: boolean;
      answer?: ErrorAnswer | undefined;
      said?: string | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'UpstreamFailure';
    this.retryAfter = details.retryAfter;
    this.again = details.again;
    this.refusedAddition = details.refusedAddition;
    this.status = details.status;
    this.asked = details.asked ?? true;
    this.unknownFile = details.unknownFile ?? false;
    this.#answer = details.answer;
    this.#said = details.said;
  }

  /** Not a plain property: it may repeat the prompt, and errors are logged with their causes. */
  get answer(): ErrorAnswer | undefined {
    return this.#answer;
  }

  /** The same failure with the answer in another shape. */
  withAnswer(answer: ErrorAnswer): UpstreamFailure {
    const { retryAfter, again, refusedAddition, status, asked, cause } = this;
    const details = { retryAfter, again, refusedAddition, status, asked, cause, said: this.#said, answer };
    return new UpstreamFailure(this.failure, this.message, details);
  }

  /** The same failure, of a request whose file is not there. */
  ofUnknownFile(): UpstreamFailure {
    const { status, cause, answer } = this;
    const details = { status, cause, answer, said: this.#said, unknownFile: true };
    return new UpstreamFailure('rejected', this.message, details);
  }

  /** Data of the stream's event that said so. Not a plain property, for the same reason. */
  get said(): string | undefined {
    return this.#said;
  }
}

/** Turns an error of undici or the socket into a failure. A failure passes through. */
export function failureFrom(error: unknown): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  const code = codeOf(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new UpstreamFailure('timeout', 'no connection within the time for it', { cause: error });
  }
  return new UpstreamFailure('network', `the connection failed (${code ?? 'no code'})`, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code: unknown = Reflect.get(error, 'code') ?? codeOf(Reflect.get(error, 'cause'));
  return typeof code === 'string' ? code : undefined;
}
