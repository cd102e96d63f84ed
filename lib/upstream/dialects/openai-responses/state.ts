import { isObject, stringAt, type JsonObject } from '../../../kit/json.js';
import { stateAt, type OpaqueState } from '../opaque-state.js';

const RESPONSE = [['id'], ['previous_response_id'], ['output', 'encrypted_content']] as const;

/** Ids of responses that the provider keeps, and encrypted items. */
export const responsesState: OpaqueState = {
  mayHold: /"response":|"encrypted_content"/,
  ...stateAt(
    [...RESPONSE, ...RESPONSE.map((path) => ['response', ...path]), ['item', 'encrypted_content']],
    // The response that is continued has the conversation, whatever else comes along.
    [['input', 'encrypted_content'], ['previous_response_id']],
  ),
  without(body, foreign) {
    // The conversation before this turn is known to its maker alone.
    if (foreign.has(stringAt(body, 'previous_response_id') ?? '')) return undefined;
    const input: readonly unknown[] = Array.isArray(body['input']) ? body['input'] : [];
    const kept = input.filter((item) => !isObject(item) || !foreign.has(stringAt(item, 'encrypted_content') ?? ''));
    if (kept.length === input.length) return body;
    return { ...body, input: kept.map((item) => (isObject(item) ? withoutId(item) : item)) };
  },
};

/** An id refers to what its maker keeps, and to the thoughts that went with it. */
function withoutId(item: JsonObject): JsonObject {
  if (item['type'] === 'item_reference' || item['encrypted_content'] !== undefined) return item;
  const { id: _, ...rest } = item;
  return rest;
}
