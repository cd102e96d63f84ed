import { isObject, stringAt, type JsonObject } from '../../../kit/json.js';
import { stateAt, type OpaqueState } from '../opaque-state.js';

const RESPONSE = [['id'], ['previous_response_id'], ['output', 'encrypted_content']] as const;
const ANSWER = [...RESPONSE, ...RESPONSE.map((path) => ['response', ...path]), ['item', 'encrypted_content']];

/** Ids of items. Every event of a stream that is about an item repeats its id. */
const ITEM_IDS = [
  ['output', 'id'],
  ['response', 'output', 'id'],
  ['item', 'id'],
];

/** Paths of a request. The response that is continued has the conversation, whatever else comes along. */
const REQUEST = [
  ['input', 'encrypted_content'],
  ['input', 'id'],
  ['input', 'approval_request_id'],
  ['previous_response_id'],
];

const FILES = [
  ['input', 'content', 'file_id'],
  ['input', 'output', 'file_id'],
];

const base: Pick<OpaqueState, 'without'> = {
  without(body, foreign, own) {
    // The conversation before this turn is known to its maker alone.
    if (foreign.has(stringAt(body, 'previous_response_id') ?? '')) return undefined;
    const input: readonly unknown[] = Array.isArray(body['input']) ? body['input'] : [];
    const isForeign = (item: unknown): item is JsonObject =>
      isObject(item) && REQUEST.some(([, name]) => name !== undefined && foreign.has(stringAt(item, name) ?? ''));
    if (!input.some(isForeign)) return body;
    if (input.some((item) => isForeign(item) && standsForOthers(item))) return undefined;
    const kept = input.filter((item) => !isForeign(item) || !isThought(item));
    return { ...body, input: kept.map((item) => (isObject(item) ? withoutId(item, own) : item)) };
  },
};

/** Ids of responses and of their items that the provider keeps, and encrypted items. */
export const responsesState: OpaqueState = {
  ...base,
  mayHold: /"response":|"encrypted_content"|"item":/,
  ...stateAt([...ANSWER, ...ITEM_IDS], REQUEST, FILES),
  // In the text: a delta is not parsed for the one id that it has.
  idIn: (data) => /"item_id": *"([^"\\]+)"/.exec(data)?.[1],
  ofAnswerTo: (body) => (body['store'] === false ? unstored : responsesState),
};

/** An item that the provider does not keep is known to nobody by its id. */
const unstored: OpaqueState = {
  ...base,
  mayHold: /"response":|"encrypted_content"/,
  ...stateAt(ANSWER, REQUEST, FILES),
};

/** A reference, a compacted conversation or an approval: without it, others do not know what was said. */
function standsForOthers({ type, role, content, approval_request_id: approves }: JsonObject): boolean {
  const isReference = type === 'item_reference' || (type ?? role ?? content) === undefined;
  return isReference || type === 'compaction' || type === 'compaction_summary' || approves !== undefined;
}

function isThought(item: JsonObject): boolean {
  return item['type'] === 'reasoning' || item['encrypted_content'] !== undefined;
}

/** An id refers to what its maker keeps, and to the thoughts that went with it. */
function withoutId(item: JsonObject, own: ReadonlySet<string> | undefined): JsonObject {
  const { id, ...rest } = item;
  const isKept = item['type'] === 'item_reference' || isThought(item) || own?.has(String(id));
  return isKept ? item : rest;
}
