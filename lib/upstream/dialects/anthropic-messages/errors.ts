import { z } from 'zod';
import { objectAt, stringAt, type JsonObject } from '../../../kit/json.js';
import type { DialectError } from '../dialect.js';

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

/** The provider's words stay unchanged: its clients tell by the type whether to wait. */
export function anthropicErrorBody({ code, message, status, said }: DialectError): JsonObject {
  const own = said && objectAt(said, 'error');
  const byStatus = TYPE_BY_STATUS.get(status) ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  const type = (own && stringAt(own, 'type')) ?? byStatus;
  return { type: 'error', error: { type, message: (own && stringAt(own, 'message')) ?? message, code } };
}

export const anthropicErrorSchema = z.strictObject({
  type: z.literal('error'),
  error: z.strictObject({ type: z.string(), message: z.string(), code: z.string() }),
});
