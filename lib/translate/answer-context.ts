import type { JsonObject } from '../kit/json.js';
import { isObject, stringAt } from '../kit/json.js';

/** Fields of an answer that do not come from the model. */
export interface AnswerContext {
  /** Unique; formats put their own prefix before it. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
  /** The request, as the caller wrote it. */
  readonly body: JsonObject;
}

/** A tool of the request whose calls are written in another way than a function's. */
export interface SpecialTool {
  readonly name: string;
  readonly namespace?: string;
  /** It takes free text. */
  readonly isFree: boolean;
}

/** Those tools, by the names that they have elsewhere. */
export function specialTools({ body }: AnswerContext): ReadonlyMap<string, SpecialTool> {
  const special = new Map<string, SpecialTool>();
  for (const tool of objectsIn(body['tools'])) {
    const name = stringAt(tool, 'name') ?? '';
    if (tool['type'] === 'custom') special.set(name, { name, isFree: true });
    for (const inside of objectsIn(tool['tools'])) {
      const own = stringAt(inside, 'name') ?? '';
      special.set(nameWithin(name, own), { name: own, namespace: name, isFree: inside['type'] === 'custom' });
    }
  }
  return special;
}

export function nameWithin(namespace: string, name: string): string {
  return `${namespace}__${name}`;
}

function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
