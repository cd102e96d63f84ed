import { isObject, objectAt, stringAt, type JsonObject } from '../../../kit/json.js';
import type { OpaqueState } from '../opaque-state.js';
import { objectsIn } from '../request-parts.js';

/** Ids of responses and of thoughts that the provider keeps, and encrypted items. */
export const responsesState: OpaqueState = {
  mayHold: /"response":|"encrypted_content"|"type": *"(?:reasoning"|response\.reasoning)/,
  inAnswer(json) {
    const item = objectAt(json, 'item');
    const response = objectAt(json, 'response') ?? json;
    return [
      ...textsOf(stringAt(response, 'id'), stringAt(response, 'previous_response_id')),
      ...objectsIn(response['output']).flatMap(inItem),
      ...(item ? inItem(item) : []),
    ];
  },
  namedIn: (json) => stringAt(json, 'item_id'),
  // The response that is continued has the conversation, whatever else comes along.
  inRequest: (body) => [
    ...objectsIn(body['input']).flatMap(inItem),
    ...textsOf(stringAt(body, 'previous_response_id')),
  ],
  opened(body, open) {
    const { previous_response_id: previous, input } = body;
    return {
      ...body,
      ...(Array.isArray(input) && {
        input: input.map((item: unknown) => (isObject(item) ? opened(item, open) : item)),
      }),
      ...(typeof previous === 'string' && previous !== '' && { previous_response_id: open(previous) }),
    };
  },
  without(body, foreign) {
    // The conversation before this turn is known to its maker alone.
    if (foreign.has(stringAt(body, 'previous_response_id') ?? '')) return undefined;
    const input: readonly unknown[] = Array.isArray(body['input']) ? body['input'] : [];
    const isForeign = (item: unknown): boolean => isObject(item) && inItem(item).some((value) => foreign.has(value));
    const kept = input.filter((item) => !isForeign(item));
    if (kept.length === input.length) return body;
    // A reference stands for words that only its maker has.
    if (input.some((item) => isForeign(item) && isReference(item as JsonObject))) return undefined;
    return { ...body, input: kept.map((item) => (isObject(item) ? withoutId(item) : item)) };
  },
};

const textsOf = (...values: readonly (string | undefined)[]): readonly string[] =>
  values.filter((value): value is string => value !== undefined && value !== '');

/** Thoughts that come along are encrypted; of those that the provider keeps there is only the id. */
function fieldOf(item: JsonObject): 'encrypted_content' | 'id' | undefined {
  if (typeof item['encrypted_content'] === 'string') return 'encrypted_content';
  return item['type'] === 'reasoning' || isReference(item) ? 'id' : undefined;
}

function inItem(item: JsonObject): readonly string[] {
  const field = fieldOf(item);
  return field === undefined ? [] : textsOf(stringAt(item, field));
}

function opened(item: JsonObject, open: (value: string) => string): JsonObject {
  const field = fieldOf(item);
  const value = field && stringAt(item, field);
  return field && value ? { ...item, [field]: open(value) } : item;
}

function isReference({ type }: JsonObject): boolean {
  return type === 'item_reference';
}

/** An id refers to what its maker keeps, and to the thoughts that went with it. */
function withoutId(item: JsonObject): JsonObject {
  if (isReference(item) || fieldOf(item) !== undefined) return item;
  const { id: _, ...rest } = item;
  return rest;
}
