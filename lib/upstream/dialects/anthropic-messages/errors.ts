import { z } from 'zod';
import type { FailureClass } from '../../../domain/outcome.js';
import { isObject, objectAt, stringAt, type JsonObject } from '../../../kit/json.js';
import { classifyStatus, saysLittle } from '../classify-status.js';
import { saysTooLong } from '../context-length.js';
import type { DialectError } from '../dialect.js';

const FAILURE_BY_TYPE: ReadonlyMap<unknown, FailureClass> = new Map([
  ['api_error', 'server_error'],
  ['overloaded_error', 'server_error'],
  ['timeout_error', 'server_error'],
  ['rate_limit_error', 'rate_limited'],
  ['authentication_error', 'auth'],
  ['permission_error', 'auth'],
  ['billing_error', 'quota'],
  ['not_found_error', 'not_found'],
  ['request_too_large', 'rejected'],
]);

/** Anthropic has one type for every mistake in a request; only the message tells them apart. */
const FAILURE_BY_MESSAGE: readonly (readonly [says: (message: string) => boolean, FailureClass])[] = [
  [saysTooLong, 'context_length'],
  [(message) => /content filtering policy/i.test(message), 'content_filter'],
  [(message) => /credit balance/i.test(message), 'quota'],
];

const TYPE_BY_STATUS: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
]);

export function classifyAnthropic(status: number, body: unknown): FailureClass {
  const byStatus = classifyStatus(status);
  return saysLittle(byStatus) ? (failureByType(body) ?? byStatus) : byStatus;
}

/** What an `error` event of a stream means. */
export function failureOfAnthropic(event: JsonObject): FailureClass {
  return failureByType(event) ?? 'server_error';
}

export function anthropicErrorBody({ code, message, status }: DialectError): JsonObject {
  const type = TYPE_BY_STATUS.get(status) ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  return { type: 'error', error: { type, message, code } };
}

export const anthropicErrorSchema = z.strictObject({
  type: z.literal('error'),
  error: z.strictObject({ type: z.string(), message: z.string(), code: z.string() }),
});

function failureByType(body: unknown): FailureClass | undefined {
  const error = isObject(body) ? objectAt(body, 'error') : undefined;
  if (!error) return undefined;
  if (error['type'] !== 'invalid_request_error') return FAILURE_BY_TYPE.get(error['type']);
  const message = stringAt(error, 'message') ?? '';
  return FAILURE_BY_MESSAGE.find(([says]) => says(message))?.[1] ?? 'rejected';
}
