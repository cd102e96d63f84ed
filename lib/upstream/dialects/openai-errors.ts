import { isObject, type JsonObject } from '../../kit/json.js';
import type { DialectError } from './dialect.js';

/** What the provider said in its stream stays as it is: clients tell by code and message what to do about it. */
export function openAiErrorBody({ code, message, type, said }: DialectError): JsonObject {
  const own = said?.['error'];
  if (isObject(own) && typeof own['message'] === 'string') return { error: { code, ...own } };
  return { error: { message: typeof own === 'string' ? own : message, type, param: null, code } };
}
