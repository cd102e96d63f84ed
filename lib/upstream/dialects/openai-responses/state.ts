import { isObject, objectAt, stringAt, type JsonObject } from '../../../kit/json.js';
import type { OpaqueState } from '../opaque-state.js';
import { objectsIn } from '../request-parts.js';

/** Of answers that the provider does not keep (`store: false`): their thoughts come along, encrypted. */
const sentAlong: OpaqueState = {
  mayHold: /"response":|"encrypted_content"/,
  inAnswer: (json) => valuesIn(json, (item) => textsOf(stringAt(item, 'encrypted_content'))),
  // The response that is continued has the conversation, whatever else comes along.
  inRequest: (body) => [
    ...objectsIn(body['input']).flatMap(bindingIn),
    ...textsOf(stringAt(body, 'previous_response_id')),
  ],
  namesIn: (body) => objectsIn(body['input']).flatMap(({ id }) => (typeof id === 'string' && id !== '' ? [id] : [])),
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
    const isForeign = (item: unknown): boolean => isObject(item) && bindingIn(item).some((value) => foreign.has(value));
    const kept = input.filter((item) => !isForeign(item));
    if (kept.length === input.length) return body;
    // A reference stands for words that only its maker has.
    if (input.some((item) => isForeign(item) && isReference(item as JsonObject))) return undefined;
    return { ...body, input: kept.map((item) => (isObject(item) ? withoutId(item) : item)) };
  },
};

/**
 * Ids of responses, ids of what the provider keeps, and encrypted thoughts. Callers send thoughts and references back
 * that are nothing but such an id.
 */
export const responsesState: OpaqueState = {
  ...sentAlong,
  answering: (body) => (body['store'] === false ? sentAlong : responsesState),
  mayHold: /"response":|"item":/,
  inAnswer: (json) => valuesIn(json, (item) => textsOf(stringAt(item, 'id'), stringAt(item, 'encrypted_content'))),
  namedIn: (data) => /"item_id": *"([^"\\]+)"/.exec(data)?.[1],
};

function valuesIn(json: JsonObject, inItem: (item: JsonObject) => readonly string[]): readonly string[] {
  const item = objectAt(json, 'item');
  const response = objectAt(json, 'response') ?? json;
  return [
    ...textsOf(stringAt(response, 'id'), stringAt(response, 'previous_response_id')),
    ...objectsIn(response['output']).flatMap(inItem),
    ...(item ? inItem(item) : []),
  ];
}

const textsOf = (...values: readonly (string | undefined)[]): readonly string[] =>
  values.filter((value): value is string => value !== undefined && value !== '');

/** Thoughts that come along are encrypted; of those that the provider keeps, and of references, there is only the id. */
function bindingIn(item: JsonObject): readonly string[] {
  const encrypted = stringAt(item, 'encrypted_content');
  if (encrypted) return [encrypted];
  return item['type'] === 'reasoning' || isReference(item) ? textsOf(stringAt(item, 'id')) : [];
}

function opened(item: JsonObject, open: (value: string) => string): JsonObject {
  const [id, encrypted] = [stringAt(item, 'id'), stringAt(item, 'encrypted_content')];
  return { ...item, ...(id && { id: open(id) }), ...(encrypted && { encrypted_content: open(encrypted) }) };
}

/** Its type may be left out. */
function isReference({ type, role }: JsonObject): boolean {
  return type === 'item_reference' || (type ?? role ?? undefined) === undefined;
}

/** An id refers to what its maker keeps, and to the thoughts that went with it. */
function withoutId(item: JsonObject): JsonObject {
  if (bindingIn(item).length > 0) return item;
  const { id: _, ...rest } = item;
  return rest;
}
