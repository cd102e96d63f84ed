import type { FailureClass } from '../../domain/outcome.js';

/** What an HTTP status means when the body says nothing more exact. */
export function classifyStatus(status: number): FailureClass {
  if (status === 401 || status === 403) return 'auth';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  // Timeouts and conflicts on the provider's side pass by themselves.
  if (status === 408 || status === 409 || status >= 500) return 'server_error';
  if (status >= 400) return 'client_error';
  // A success without the answer that was asked for, or a redirect, which is not followed.
  return 'malformed';
}
