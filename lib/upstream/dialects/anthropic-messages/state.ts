import { isObject, objectAt, stringAt, type JsonObject } from '../../../kit/json.js';
import { jsonObject, stateAt, type OpaqueState } from '../opaque-state.js';
import { objectsIn } from '../request-parts.js';

/** Signatures of thoughts, thoughts that are encrypted, and the container in which code was run. */
export const messagesState: OpaqueState = {
  mayHold: /signature_delta|redacted_thinking|"container":\s*\{/,
  ...stateAt(
    [
      ['content', 'signature'],
      ['content', 'data'],
      ['content_block', 'data'],
      ['delta', 'signature'],
      ...['', 'message', 'delta'].map((holder) => [...(holder ? [holder] : []), 'container', 'id']),
    ],
    [
      ['messages', 'content', 'signature'],
      ['messages', 'content', 'data'],
      // Its maker alone knows the files of what ran there before.
      ['container'],
      ['container', 'id'],
    ],
    [
      ['messages', 'content', 'source', 'file_id'],
      ['messages', 'content', 'content', 'source', 'file_id'],
      ['messages', 'content', 'file_id'],
    ],
  ),
  without(body, foreign) {
    const { container } = body;
    const id = isObject(container) ? container['id'] : container;
    if (typeof id === 'string' && foreign.has(id)) return undefined;
    const messages = objectsIn(body['messages']);
    const next = messages.map((message) => withoutThoughts(message, foreign));
    const changed = next.findLastIndex((message, at) => message !== messages[at]);
    if (changed < 0) return body;
    const stripped = { ...body, messages: next.filter(({ content }) => !Array.isArray(content) || content.length > 0) };
    return changed > lastQuestion(messages) ? withoutThinking(stripped) : stripped;
  },
  pieceIn: (data) =>
    data.includes('signature_delta') ? stringAt(objectAt(jsonObject(data), 'delta') ?? {}, 'signature') : undefined,
  withWhole(data, signature) {
    const json = jsonObject(data);
    return JSON.stringify({ ...json, delta: { ...objectAt(json, 'delta'), signature } });
  },
};

function withoutThoughts(message: JsonObject, foreign: ReadonlySet<string>): JsonObject {
  if (!Array.isArray(message['content'])) return message;
  const content: readonly unknown[] = message['content'];
  const kept = content.filter((block) => !isObject(block) || !foreign.has(sealOf(block)));
  return kept.length === content.length ? message : { ...message, content: kept };
}

function sealOf(block: JsonObject): string {
  const isThought = block['type'] === 'thinking' || block['type'] === 'redacted_thinking';
  return isThought ? (stringAt(block, 'signature') ?? stringAt(block, 'data') ?? '') : '';
}

/** The last message of the user's that says more than what tools returned. */
export function lastQuestion(messages: readonly JsonObject[]): number {
  return messages.findLastIndex(({ role, content }) => {
    if (role !== 'user') return false;
    return !Array.isArray(content) || !objectsIn(content).some(({ type }) => type === 'tool_result');
  });
}

/** A model that thinks wants the thoughts of the turn that it is in; the context may be told to keep them, too. */
export function withoutThinking(body: JsonObject): JsonObject {
  const kept = Object.entries(body).filter(([name]) => name !== 'thinking' && name !== 'context_management');
  return Object.fromEntries(kept);
}
