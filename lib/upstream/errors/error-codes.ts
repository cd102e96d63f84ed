import type { FailureClass } from '../../domain/outcome.js';

/** Codes, types and reasons that say what an error is, in lower case. Those that say little are left out. */
const CODES: Readonly<Partial<Record<FailureClass, string>>> = {
  content_filter:
    'content_filter content_policy_violation responsibleaipolicyviolation censorship_blocked sensitive_words_detected ' +
    'datainspectionfailed data_inspection_failed invalid_prompt moderation_blocked',
  context_length: 'context_length_exceeded exceed_context_size_error model_context_window_exceeded',
  quota:
    'insufficient_quota insufficient_user_quota pre_consume_token_quota_failed billing_hard_limit_reached ' +
    'billing_not_active billing_error budget_exceeded blocked_api_access payment_required payment_required_error ' +
    'credit_limit insufficient_balance insufficient_credits',
  rate_limited:
    'rate_limit_exceeded rate_limit_error rate_limit_reached rate_limit too_many_requests throttling_exception ' +
    'throttling_error throttlingexception token_quota_exceeded queue_exceeded openrouter_in_flight_budget ' +
    'resource_exhausted',
  not_found:
    'model_not_found model_decommissioned invalid_model model_not_available dedicated_endpoint_not_running ' +
    'operationnotsupported deploymentnotfound notfounderror not_found_error not_found resourcenotfoundexception',
  auth:
    'invalid_api_key api_key_invalid wrong_api_key authentication_error permission_error permission_denied ' +
    'unauthenticated organization_restricted account_deactivated service_disabled incompletesignature ' +
    'invalidsignatureexception expiredtokenexception accessdeniedexception unrecognizedclientexception ' +
    'unsupported_country_region_territory',
  server_error:
    'server_error internal_server_error internalservererror internal_error api_error overloaded_error timeout_error ' +
    'capacity_exceeded modelerrorexception unavailable service_unavailable server_is_overloaded',
  rejected: 'invalid_request_error badrequesterror request_too_large',
};

const CLASS_OF: ReadonlyMap<string, FailureClass> = new Map(
  Object.entries(CODES).flatMap(([failure, codes]) =>
    codes.split(' ').map((code) => [code, failure as FailureClass] as const),
  ),
);

/** The classes that some codes name. */
export function classesOfCodes(codes: ReadonlySet<string>): ReadonlySet<FailureClass> {
  const classes = new Set<FailureClass>();
  for (const code of codes) {
    const failure = CLASS_OF.get(code);
    if (failure) classes.add(failure);
  }
  return classes;
}
