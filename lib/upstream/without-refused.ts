import type { Addition } from './errors/refused-addition.js';
import type { AttemptRequest } from './prepared-call.js';
import { forget, refuses, remember } from './refusals.js';
import { UpstreamFailure } from './upstream-failure.js';

/**
 * Sends a request; once more without what we had added to it, when that is refused. The refusal is remembered if
 * the request is not refused for the same again: then it is the caller's own.
 */
export function sentWithoutRefused<T>(
  request: AttemptRequest,
  send: (request: AttemptRequest) => Promise<T>,
): Promise<T> {
  return send(request).catch((error: unknown) => sentAgain(request, send, error));
}

async function sentAgain<T>(
  request: AttemptRequest,
  send: (request: AttemptRequest) => Promise<T>,
  error: unknown,
): Promise<T> {
  const addition = error instanceof UpstreamFailure ? error.refusedAddition : undefined;
  const { client } = request;
  if (!addition || !isOurs(addition, request) || refuses(client, addition)) throw error;
  remember(client, addition);
  try {
    return await send(request);
  } catch (second) {
    if (second instanceof UpstreamFailure && second.refusedAddition === addition) forget(client, addition);
    throw second;
  }
}

/** Whether we have added this to the request. */
function isOurs(addition: Addition, { client, dialect, body, headers }: AttemptRequest): boolean {
  if (addition !== 'stream_options') return (headers[addition] ?? client.config.headers[addition]) !== undefined;
  const { usageEvent } = dialect;
  return usageEvent !== undefined && dialect.isStream(body) && !usageEvent.isAsked(body);
}
