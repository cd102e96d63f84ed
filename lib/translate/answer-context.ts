import type { JsonObject } from '../kit/json.js';
import { isObject, stringAt } from '../kit/json.js';

/** What an answer says that the model did not. */
export interface AnswerContext {
  /** Unique; formats put their own prefix before it. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
  /** The request, as the caller wrote it. */
  readonly body: JsonObject;
}

/** Tools of the request that take free text, and whose calls are written in another way. */
export function freeTextTools({ body }: AnswerContext): ReadonlySet<string> {
  const tools: readonly unknown[] = Array.isArray(body['tools']) ? body['tools'] : [];
  const custom = tools.filter(isObject).filter((tool) => tool['type'] === 'custom');
  return new Set(custom.map((tool) => stringAt(tool, 'name') ?? ''));
}
