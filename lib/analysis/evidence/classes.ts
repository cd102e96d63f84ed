import { logMeanExp } from '../numerics.js';

/**
 * Comparisons of failures, each with units of its own, so that frequent ones do not use up rare ones:
 * the environment's own failures, its refusals, and answers that came but are wrong.
 */
export type FailureProcess = 'own' | 'refusal' | 'wrongAnswer';

const PROCESSES: Readonly<Record<string, FailureProcess>> = {
  network: 'own',
  timeout: 'own',
  server_error: 'own',
  auth: 'own',
  not_found: 'own',
  truncated: 'own',
  malformed: 'own',
  rate_limited: 'refusal',
  quota: 'refusal',
  context_length: 'refusal',
  content_filter: 'refusal',
  rejected: 'refusal',
  client_error: 'refusal',
  unsupported: 'refusal',
  wrong_answer: 'wrongAnswer',
};

/**
 * The comparison that an outcome is evidence in; `undefined` when it says nothing: a success, a request that was
 * never asked (an open breaker), one that its caller or we ended. A caller's own mistake counts: it hits both arms in
 * proportion.
 */
export function processOf(outcome: string): FailureProcess | undefined {
  return Object.hasOwn(PROCESSES, outcome) ? PROCESSES[outcome] : undefined;
}

/** Refusals that are the environment's own trouble whatever the request was. */
const OUR_ACCOUNT = new Set(['quota']);

/**
 * Whether the failure is surely the environment's, for what cannot compare: the ceiling, runs, the breaker.
 *
 * @param liveAnswered the live environment was asked the same request and took it.
 */
export function isOwnFault(outcome: string, liveAnswered = false): boolean {
  if (processOf(outcome) === 'own' || OUR_ACCOUNT.has(outcome)) return true;
  return liveAnswered && (outcome === 'rejected' || outcome === 'client_error' || outcome === 'unsupported');
}

/** The error gate: own failures and refusals, half of the weight each. Natural logarithms of e-values. */
export function logErrorEvidence(own: number, refusals: number): number {
  return logMeanExp([own, refusals]);
}
