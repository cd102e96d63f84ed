import { z } from 'zod';
import type { JsonObject } from '../../../kit/json.js';
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

export function anthropicErrorBody({ code, message, status }: DialectError): JsonObject {
  const type = TYPE_BY_STATUS.get(status) ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  return { type: 'error', error: { type, message, code } };
}

export const anthropicErrorSchema = z.strictObject({
  type: z.literal('error'),
  error: z.strictObject({ type: z.string(), message: z.string(), code: z.string() }),
});
