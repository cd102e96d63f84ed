/** Ways in which a call can fail. Stable: they are the `outcome` of metrics, events and errors. */
export type FailureClass =
  | 'network'
  | 'timeout'
  | 'server_error'
  | 'rate_limited'
  | 'auth'
  | 'not_found'
  | 'truncated'
  | 'malformed'
  | 'context_length'
  | 'content_filter'
  | 'client_error'
  | 'client_abort'
  | 'circuit_open'
  | 'unsupported'
  | 'budget'
  | 'shutdown';

/** What became of a request. */
export type Outcome = 'ok' | FailureClass;

/** What a failure leads to. */
export interface Consequence {
  /** Is it an error of the environment, for its error rate and for the gates? */
  readonly countsAgainstArm: boolean;
  /** May the same environment be asked again? */
  readonly retry: boolean;
  /** May another environment be asked? */
  readonly fallBack: boolean;
  /** Does it count towards no longer asking the environment? */
  readonly tripsBreaker: boolean;
}

/**
 * The failure table: every class and what it means, in one place. Silence is not asked twice (`timeout`), a refusal is
 * never routed around (`content_filter`), a caller's own mistake is nobody else's business. An environment that is not
 * asked because it failed too often (`circuit_open`) has failed: otherwise its breaker would hide it from the gates.
 * Rate limits have a breaker of their own. An environment that does not speak the format, or is declared not to do what
 * is wanted (`unsupported`), has failed this request and may be well for the next. What we refuse ourselves because it
 * is too dear (`budget`) says nothing about the environment. What this process could not finish before its end
 * (`shutdown`) was going well.
 */
export const CONSEQUENCES: Readonly<Record<FailureClass, Consequence>> = {
  network: { countsAgainstArm: true, retry: true, fallBack: true, tripsBreaker: true },
  timeout: { countsAgainstArm: true, retry: false, fallBack: true, tripsBreaker: true },
  server_error: { countsAgainstArm: true, retry: true, fallBack: true, tripsBreaker: true },
  rate_limited: { countsAgainstArm: false, retry: true, fallBack: true, tripsBreaker: false },
  auth: { countsAgainstArm: true, retry: false, fallBack: true, tripsBreaker: true },
  not_found: { countsAgainstArm: true, retry: false, fallBack: true, tripsBreaker: true },
  truncated: { countsAgainstArm: true, retry: true, fallBack: true, tripsBreaker: true },
  malformed: { countsAgainstArm: true, retry: true, fallBack: true, tripsBreaker: true },
  context_length: { countsAgainstArm: false, retry: false, fallBack: true, tripsBreaker: false },
  content_filter: { countsAgainstArm: false, retry: false, fallBack: false, tripsBreaker: false },
  client_error: { countsAgainstArm: false, retry: false, fallBack: false, tripsBreaker: false },
  client_abort: { countsAgainstArm: false, retry: false, fallBack: false, tripsBreaker: false },
  circuit_open: { countsAgainstArm: true, retry: false, fallBack: true, tripsBreaker: false },
  unsupported: { countsAgainstArm: true, retry: false, fallBack: true, tripsBreaker: false },
  budget: { countsAgainstArm: false, retry: false, fallBack: true, tripsBreaker: false },
  shutdown: { countsAgainstArm: false, retry: false, fallBack: false, tripsBreaker: false },
};

export function countsAgainstArm(outcome: Outcome): boolean {
  return outcome !== 'ok' && CONSEQUENCES[outcome].countsAgainstArm;
}

/** Whether the outcome says anything about the environment: a success, or a failure of its own. */
export function hasVerdict(outcome: Outcome): boolean {
  return outcome === 'ok' || CONSEQUENCES[outcome].countsAgainstArm;
}

/** Ends that leave open what the provider will bill. */
const MAY_BE_BILLED = new Set<Outcome>(['ok', 'timeout', 'truncated', 'malformed', 'client_abort', 'shutdown']);

/** Whether the provider may bill a call that ended like this, whatever it says. `begun`: behind its first token. */
export function mayBeBilled(outcome: Outcome, begun: boolean): boolean {
  return begun || MAY_BE_BILLED.has(outcome);
}
