import type { CallerSignal } from '../kit/caller-signal.js';
import type { Clock } from '../kit/clock.js';
import type { PriceOf } from '../domain/usage.js';
import type { Target } from '../routing/route-table.js';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import type { Upstreams } from '../upstream/upstreams.js';
import type { CallRequest } from './call-request.js';

/** What it takes to ask somebody. */
export interface AttemptDeps {
  readonly upstreams: Upstreams;
  readonly clock: Clock;
  readonly priceOf: PriceOf;
}

/** The caller's request, addressed to one environment. */
export function attemptOf(
  { body, dialect, requestId, callerHeaders, traceparent, tracestate }: CallRequest,
  { environment, version }: Target,
  { upstreams, clock, priceOf }: AttemptDeps,
  signal: CallerSignal | undefined,
): AttemptRequest {
  return {
    client: upstreams.get(version.upstream),
    dialect,
    version,
    body,
    headers: {
      'x-deployment-env': environment,
      'x-environment': environment,
      'x-request-id': requestId,
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(tracestate === undefined ? {} : { tracestate }),
    },
    callerHeaders,
    signal,
    clock,
    priceOf,
  };
}
