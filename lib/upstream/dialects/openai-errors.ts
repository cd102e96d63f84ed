import type { JsonObject } from '../../kit/json.js';
import type { DialectError } from './dialect.js';

export function openAiErrorBody({ code, message, type }: DialectError): JsonObject {
  return { error: { message, type, param: null, code } };
}
