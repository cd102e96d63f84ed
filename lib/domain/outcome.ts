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

/** How a request ended. */
export type Outcome = 'ok' | FailureClass;

/** The consequences of a failure. */
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
 * The failure table: every class and its consequences, in one place.
 * - `timeout`: an environment that was silent is not asked again.
 * - `content_filter`: a refusal is never routed around. `client_error`: the caller's own mistake.
 * - `circuit_open`: counts as a failure, or the breaker would hide a bad environment from the gates. Rate limits have a
 *   breaker of their own.
 * - `unsupported`: the environment does not speak the format, or is declared not to do what this request needs. The
 *   next request may be fine.
 * - `budget`: our own refusal of an expensive call, and no evidence. `shutdown`: this process ended before the call
 *   did.
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

/** Outcomes that the provider may bill. */
const MAY_BE_BILLED = new Set<Outcome>(['ok', 'timeout', 'truncated', 'malformed', 'client_abort', 'shutdown']);

/** Whether the provider may bill a call that ended like this. `begun`: after its first token. */
export function mayBeBilled(outcome: Outcome, begun: boolean): boolean {
  return begun || MAY_BE_BILLED.has(outcome);
}
