import type { FailureClass } from '../../domain/outcome.js';

/** The class of an HTTP status, when the body says nothing more precise. */
export function classifyStatus(status: number): FailureClass {
  if (status === 401 || status === 403) return 'auth';
  // The account behind our key has run dry. The caller did nothing wrong, and another account may serve.
  if (status === 402) return 'quota';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  // Timeouts and conflicts on the provider's side go away by themselves.
  if (status === 408 || status === 409 || status >= 500) return 'server_error';
  if (status >= 400) return 'rejected';
  // A success without a readable answer, or a redirect, which is not followed.
  return 'malformed';
}

/** Whether an error in the body may say more than the status does. */
export function saysLittle(byStatus: FailureClass): boolean {
  return byStatus === 'rejected' || byStatus === 'malformed';
}
