import { isObject, numberAt, objectAt, parseJson, stringAt, type JsonObject } from '../../../kit/json.js';
import type { SseEvent } from '../../sse.js';
import type { DialectError, SentEvents } from '../dialect.js';

/** The fields that name the response in its first event. The rest may be long: it repeats instructions and tools. */
export function startOf(data: string): JsonObject | undefined {
  const json = parseJson(data);
  const response = isObject(json) ? objectAt(json, 'response') : undefined;
  if (!response) return undefined;
  const { id, created_at, model } = response;
  return { id, object: 'response', created_at, model, output: [] };
}

/**
 * The end of a response that failed, in the provider's words where it has some: agents tell by them whether the context
 * window is full and how long to wait. SDKs that only list the events look for the `error` at the top.
 */
export function failedEvent(error: DialectError, sent: SentEvents = {}): SseEvent {
  const { code, message, type } = error;
  const said = error.said ?? {};
  const response = objectAt(said, 'response');
  const own = (response && objectAt(response, 'error')) ?? objectAt(said, 'error') ?? said;
  const words = {
    code: stringAt(own, 'code') ?? (own === said ? undefined : stringAt(own, 'type')) ?? code,
    message: stringAt(own, 'message') ?? message,
  };
  const failed = {
    type: 'response.failed',
    sequence_number: numberAt(said, 'sequence_number') ?? numberOf(sent.last) + 1,
    response: { ...sent.start, ...response, status: 'failed', error: words },
    error: { ...words, type: stringAt(own, 'type') ?? type, param: null },
  };
  return { event: failed.type, data: JSON.stringify(failed) };
}

function numberOf(data: string | undefined): number {
  const json = data === undefined ? undefined : parseJson(data);
  return (isObject(json) ? numberAt(json, 'sequence_number') : undefined) ?? -1;
}
