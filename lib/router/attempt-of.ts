import type { CallerSignal } from '../kit/caller-signal.js';
import type { Clock } from '../kit/clock.js';
import { headerValue } from '../kit/header-value.js';
import type { Target } from '../routing/route-table.js';
import type { AttemptRequest, CostCheck } from '../upstream/prepared-call.js';
import { failureFrom } from '../upstream/upstream-failure.js';
import type { Upstreams } from '../upstream/upstreams.js';
import type { Breakers } from './breakers.js';
import type { Send } from './call-listener.js';
import { knowingFiles } from './state/unknown-file.js';
import type { CallRequest } from './call-request.js';
import type { Call } from './call.js';

/** The dependencies for asking an environment. */
export interface AttemptDeps {
  readonly upstreams: Upstreams;
  readonly clock: Clock;
  readonly checkCost: CostCheck;
}

/** The caller's request, addressed to one environment. */
export function attemptOf(
  { body, written, held, dialect, requestId, callerHeaders, traceparent, tracestate }: CallRequest,
  target: Target,
  { upstreams, clock, checkCost }: AttemptDeps,
  signal: CallerSignal | undefined,
): AttemptRequest {
  const { version } = target;
  const environment = headerValue(target.environment);
  const headers: Record<string, string> = {
    'x-deployment-env': environment,
    'x-environment': environment,
    'x-request-id': headerValue(requestId),
  };
  if (traceparent !== undefined) headers['traceparent'] = traceparent;
  if (tracestate !== undefined) headers['tracestate'] = tracestate;
  return {
    client: upstreams.get(version.upstream),
    dialect,
    version,
    body: held ? held.bodyFor(body, target) : body,
    written,
    headers,
    callerHeaders,
    signal,
    clock,
    checkCost,
  };
}

/**
 * Makes one attempt of a call, if its budget covers it and the breaker of the environment lets it pass.
 *
 * @param request made only when the attempt is really sent.
 * @throws {UpstreamFailure}
 */
export async function attempt<T>(
  call: Call,
  target: Target,
  breakers: Breakers,
  request: () => AttemptRequest,
  send: Send<T>,
): Promise<T> {
  const breaker = breakers.get(call.request.assignment.route, target);
  const { files } = call.request;
  const plain = (): Promise<T> => call.send(target, request(), send);
  const sent = files ? () => knowingFiles(files, plain) : plain;
  const isRetry = call.attempts.at(-1)?.environment === target.environment;
  call.asks(target);
  try {
    if (call.expense) await call.expense.cover(target);
    const result = await (breaker ? breaker.run(sent, isRetry) : sent());
    call.answers(target);
    return result;
  } catch (error) {
    const failure = failureFrom(error);
    call.refuses(failure);
    throw failure;
  }
}
