import { BlueGreenError } from '../domain/errors.js';
import type { FailureClass } from '../domain/outcome.js';
import type { ErrorAnswer, UpstreamFailure } from '../upstream/upstream-failure.js';
import type { Attempt } from './attempts.js';

const REMEDIES: Readonly<Record<FailureClass, string>> = {
  network: 'Check that the upstream is reachable from here; configure a fallback environment.',
  timeout: 'Raise "timeouts" if the model is just slow; configure a fallback environment.',
  server_error: 'The provider is in trouble: try again later; configure a fallback environment.',
  rate_limited: 'Send less, ask the provider for more, or configure a fallback environment.',
  quota: "Top up the provider's account or raise its limit, or configure a fallback environment.",
  auth: 'Check the apiKey of this environment.',
  not_found: 'Check the model and the baseUrl of this environment.',
  truncated: 'Send the request again: the answer is incomplete.',
  malformed: 'Check that baseUrl points at an API that speaks this format.',
  context_length: 'Shorten the request, or configure a fallback environment with a larger context window.',
  content_filter: 'Change the prompt: the provider refuses it.',
  rejected: 'Change the request: the provider rejects it as it is.',
  client_abort: 'Nothing: the caller left.',
  circuit_open: 'Wait until the provider is back; configure a fallback environment.',
  unsupported:
    'Give the route an environment that can: its provider speaks the format, its capabilities allow the request, and ' +
    'the options of this process include it.',
  budget:
    'Shorten the request or ask for fewer tokens, or raise what refused it: costLimitPerRequest or budget.perMonthUsd.',
  frozen: 'Send the request again: this process was stopped, asleep or busy for seconds while it waited.',
  shutdown: 'Send the request again: another process will take it. Raise shutdown.grace if answers take longer.',
};

const STATUS: Readonly<Record<FailureClass, number>> = {
  network: 502,
  timeout: 504,
  server_error: 502,
  rate_limited: 429,
  // The caller's key and account are good: the provider refuses ours.
  quota: 502,
  auth: 502,
  not_found: 502,
  truncated: 502,
  malformed: 502,
  context_length: 400,
  content_filter: 400,
  rejected: 400,
  client_abort: 499,
  circuit_open: 503,
  unsupported: 501,
  budget: 402,
  shutdown: 503,
  frozen: 503,
};

/** Failures caused by the caller's request: the caller gets the provider's own words. */
const CALLERS_OWN = new Set<FailureClass>(['context_length', 'content_filter', 'rejected']);

/** Failures of our account at the provider. */
const OURS_ALONE = new Set<FailureClass>(['auth', 'quota', 'not_found']);

/** Attempts that were not sent. */
const REFUSED_HERE = new Set<FailureClass | undefined>(['circuit_open', 'unsupported', 'budget']);

function failedAfter(attempts: readonly Attempt[]): string {
  const calls = attempts.filter(({ failure }) => !REFUSED_HERE.has(failure)).length;
  if (calls === 0) return 'was not asked';
  return `failed after ${calls === 1 ? 'one call' : `${calls} calls`}`;
}

/** The provider's own status if the caller's request is at fault, except 200: some providers refuse with it. */
function statusOf(failure: FailureClass, answer: ErrorAnswer | undefined): number {
  return answer && answer.status >= 400 && CALLERS_OWN.has(failure) ? answer.status : STATUS[failure];
}

/**
 * No environment could answer. `code` is `upstream_` and the class of the failure, e.g. `upstream_timeout`.
 * The message quotes neither prompts nor the provider's words.
 */
export class UpstreamError extends BlueGreenError {
  readonly #answer: ErrorAnswer | undefined;
  readonly #said: string | undefined;

  constructor(
    readonly route: string,
    /** The environment that failed last. */
    readonly environment: string,
    readonly failure: FailureClass,
    /** Every attempt, in order: calls that were made and calls that were refused here. */
    readonly attempts: readonly Attempt[],
    readonly requestId: string,
    cause: UpstreamFailure,
  ) {
    super(
      `upstream_${failure}`,
      `Route "${route}": "${environment}" ${failedAfter(attempts)}: ${cause.message}.`,
      REMEDIES[failure],
      statusOf(failure, cause.answer),
      { cause },
    );
    this.#answer = cause.answer;
    this.#said = cause.said;
    this.retryAfter = cause.retryAfter;
    this.again = cause.again;
    this.upstreamStatus = cause.status;
  }

  /** Milliseconds that the provider asked to wait. */
  readonly retryAfter: number | undefined;

  /** Whether the same request may pass later, as the provider says; `undefined`: it does not say. */
  readonly again: boolean | undefined;

  /** HTTP status of the provider's answer. */
  readonly upstreamStatus: number | undefined;

  /** Data of the provider's own event that ended the stream, unless it is about our account there. */
  get said(): string | undefined {
    return OURS_ALONE.has(this.failure) ? undefined : this.#said;
  }

  /**
   * The provider's own error answer, if the caller's request is at fault. Not a plain property: it may repeat the
   * prompt, and errors are logged.
   */
  get answer(): ErrorAnswer | undefined {
    return CALLERS_OWN.has(this.failure) ? this.#answer : undefined;
  }
}
