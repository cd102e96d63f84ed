/** Ways in which a call can fail. Stable: they are the `outcome` of metrics, events and errors. */
export type FailureClass =
  | 'network'
  | 'timeout'
  | 'server_error'
  | 'rate_limited'
  | 'quota'
  | 'auth'
  | 'not_found'
  | 'truncated'
  | 'malformed'
  | 'context_length'
  | 'content_filter'
  | 'rejected'
  | 'client_abort'
  | 'circuit_open'
  | 'unsupported'
  | 'budget'
  | 'shutdown'
  | 'frozen';

/** How a request ended. */
export type Outcome = 'ok' | FailureClass;

/**
 * The meaning of a failure when two environments are compared: a fault of the environment's `own`, a `refusal` of
 * the request, or of nothing (`none`). A caller's own mistakes hit both environments in proportion, so refusals count.
 */
type EvidenceKind = 'own' | 'refusal' | 'none';

/** The consequences of a failure. */
export interface Consequence {
  readonly evidence: EvidenceKind;
  /** Is it surely an error of the environment, for its error rate, for runs and for the gates? */
  readonly countsAgainstArm: boolean;
  /** May the same environment be asked again? */
  readonly retry: boolean;
  /** Who else may be asked? `live`: the live environment alone, when the canary refused. */
  readonly fallBack: 'any' | 'live' | 'none';
  /** Does it count towards no longer asking the environment? */
  readonly tripsBreaker: boolean;
}

/**
 * The failure table: every class and its consequences, in one place.
 * - `timeout`: an environment that was silent is not asked again.
 * - `quota`: the account behind our key is used up. Asking again does not help, another account does.
 * - `content_filter`: a refusal is never routed around.
 * - `rejected`: the request as it is. When the canary refuses, the live environment shows whose fault that is.
 * - `circuit_open`: nothing was asked, so nothing is known. The failures that opened the breaker count. Rate limits
 *   have a breaker of their own; its refusals have this class as well where the environment is judged.
 * - `unsupported`: the environment does not speak the format, or is declared not to do what this request needs. The
 *   next request may be fine.
 * - `budget`: our own refusal of an expensive call, and no evidence. `shutdown`: this process ended before the call
 *   did. `frozen`: this process stood still meanwhile, and silence or a lost connection says nothing.
 */
export const CONSEQUENCES: Readonly<Record<FailureClass, Consequence>> = {
  network: { evidence: 'own', countsAgainstArm: true, retry: true, fallBack: 'any', tripsBreaker: true },
  timeout: { evidence: 'own', countsAgainstArm: true, retry: false, fallBack: 'any', tripsBreaker: true },
  server_error: { evidence: 'own', countsAgainstArm: true, retry: true, fallBack: 'any', tripsBreaker: true },
  rate_limited: { evidence: 'refusal', countsAgainstArm: false, retry: true, fallBack: 'any', tripsBreaker: false },
  quota: { evidence: 'refusal', countsAgainstArm: true, retry: false, fallBack: 'any', tripsBreaker: true },
  auth: { evidence: 'own', countsAgainstArm: true, retry: false, fallBack: 'any', tripsBreaker: true },
  not_found: { evidence: 'own', countsAgainstArm: true, retry: false, fallBack: 'any', tripsBreaker: true },
  truncated: { evidence: 'own', countsAgainstArm: true, retry: true, fallBack: 'any', tripsBreaker: true },
  malformed: { evidence: 'own', countsAgainstArm: true, retry: true, fallBack: 'any', tripsBreaker: true },
  context_length: { evidence: 'refusal', countsAgainstArm: false, retry: false, fallBack: 'any', tripsBreaker: false },
  content_filter: { evidence: 'refusal', countsAgainstArm: false, retry: false, fallBack: 'none', tripsBreaker: false },
  rejected: { evidence: 'refusal', countsAgainstArm: false, retry: false, fallBack: 'live', tripsBreaker: false },
  client_abort: { evidence: 'none', countsAgainstArm: false, retry: false, fallBack: 'none', tripsBreaker: false },
  circuit_open: { evidence: 'none', countsAgainstArm: false, retry: false, fallBack: 'any', tripsBreaker: false },
  unsupported: { evidence: 'refusal', countsAgainstArm: true, retry: false, fallBack: 'any', tripsBreaker: false },
  budget: { evidence: 'none', countsAgainstArm: false, retry: false, fallBack: 'any', tripsBreaker: false },
  shutdown: { evidence: 'none', countsAgainstArm: false, retry: false, fallBack: 'none', tripsBreaker: false },
  frozen: { evidence: 'none', countsAgainstArm: false, retry: true, fallBack: 'any', tripsBreaker: false },
};

export function countsAgainstArm(outcome: Outcome): boolean {
  return outcome !== 'ok' && CONSEQUENCES[outcome].countsAgainstArm;
}

/** Whether the outcome says anything about the environment: a success, or a failure of its own. */
export function hasVerdict(outcome: Outcome): boolean {
  return outcome === 'ok' || CONSEQUENCES[outcome].countsAgainstArm;
}

/** The meaning of the outcome when two environments are compared. */
export function evidenceIn(outcome: Outcome): EvidenceKind {
  return outcome === 'ok' ? 'none' : CONSEQUENCES[outcome].evidence;
}

/** Outcomes that the provider may bill. */
const MAY_BE_BILLED = new Set<Outcome>([
  'ok',
  'timeout',
  'truncated',
  'malformed',
  'client_abort',
  'shutdown',
  'frozen',
]);

/** Whether the provider may bill a call that ended like this. `begun`: after its first token. */
export function mayBeBilled(outcome: Outcome, begun: boolean): boolean {
  return begun || MAY_BE_BILLED.has(outcome);
}
