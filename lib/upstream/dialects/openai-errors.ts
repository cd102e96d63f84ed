import { isObject, type JsonObject } from '../../kit/json.js';
import type { DialectError } from './dialect.js';

/** The provider's words in its stream stay unchanged: clients tell by code and message what to do. */
export function openAiErrorBody({ code, message, type, said }: DialectError): JsonObject {
  const own = said?.['error'];
  if (isObject(own) && typeof own['message'] === 'string') return { error: { code, ...own } };
  return { error: { message: typeof own === 'string' ? own : message, type, param: null, code } };
}
