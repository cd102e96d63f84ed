import type { FailureClass } from '../../domain/outcome.js';
import { isObject, objectAt, stringAt, type JsonObject } from '../../kit/json.js';
import { classifyStatus, saysLittle } from './classify-status.js';
import { saysTooLong } from './context-length.js';
import type { DialectError } from './dialect.js';

const FAILURE_BY_CODE: ReadonlyMap<unknown, FailureClass> = new Map([
  ['context_length_exceeded', 'context_length'],
  ['content_policy_violation', 'content_filter'],
  ['content_filter', 'content_filter'],
  ['invalid_prompt', 'content_filter'],
  ['invalid_api_key', 'auth'],
  ['model_not_found', 'not_found'],
  ['rate_limit_exceeded', 'rate_limited'],
  ['insufficient_quota', 'quota'],
]);

/**
 * The class of an OpenAI-like error answer. The code tells one mistake from another, but never a mistake from an
 * outage.
 */
export function classifyOpenAi(status: number, body: unknown): FailureClass {
  const byStatus = classifyStatus(status);
  return saysLittle(byStatus) ? (failureByCode(errorIn(body)) ?? byStatus) : byStatus;
}

/** The class of an error inside a success: in an event of a stream, or in an answer. */
export function failureOfOpenAi(error: unknown): FailureClass {
  const known = failureByCode(error);
  if (known) return known;
  // Relays put the status here when they can no longer send it.
  const code = isObject(error) ? error['code'] : undefined;
  return typeof code === 'number' && code >= 400 ? classifyStatus(code) : 'server_error';
}

export function openAiErrorBody({ code, message, type }: DialectError): JsonObject {
  return { error: { message, type, param: null, code } };
}

function errorIn(body: unknown): unknown {
  // Some servers send the error itself, without an envelope.
  return isObject(body) ? (objectAt(body, 'error') ?? body) : undefined;
}

function failureByCode(error: unknown): FailureClass | undefined {
  if (!isObject(error)) return undefined;
  const byCode = FAILURE_BY_CODE.get(error['code']) ?? FAILURE_BY_CODE.get(error['type']);
  // Not every compatible server sends codes.
  return byCode ?? (saysTooLong(stringAt(error, 'message') ?? '') ? 'context_length' : undefined);
}
