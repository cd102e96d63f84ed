import { isObject, objectAt, stringAt, type JsonObject } from '../../../kit/json.js';
import { stateAt, type OpaqueState } from '../opaque-state.js';
import { objectsIn } from '../request-parts.js';

const SIGNATURE = ['extra_content', 'google', 'thought_signature'] as const;

function within(...path: readonly string[]) {
  return [
    [...path, 'tool_calls', ...SIGNATURE],
    [...path, ...SIGNATURE],
    [...path, 'reasoning_details', 'signature'],
    [...path, 'reasoning_details', 'data'],
  ];
}

/** Signatures of thoughts, as Gemini's and OpenRouter's chat completions have them. */
export const chatState: OpaqueState = {
  mayHold: /thought_signature|"reasoning_details"/,
  ...stateAt([...within('choices', 'message'), ...within('choices', 'delta')], within('messages'), [
    ['messages', 'content', 'file', 'file_id'],
  ]),
  without(body, foreign) {
    const messages: readonly unknown[] = Array.isArray(body['messages']) ? body['messages'] : [];
    return { ...body, messages: messages.map((message) => (isObject(message) ? stripped(message, foreign) : message)) };
  },
};

function stripped(message: JsonObject, foreign: ReadonlySet<string>): JsonObject {
  const { reasoning_details: details, tool_calls: calls, ...rest } = unsigned(message, foreign);
  const kept = objectsIn(details).filter(
    (detail) => !foreign.has(stringAt(detail, 'signature') ?? stringAt(detail, 'data') ?? ''),
  );
  return {
    ...rest,
    ...(kept.length > 0 && { reasoning_details: kept }),
    ...(Array.isArray(calls) && { tool_calls: objectsIn(calls).map((call) => unsigned(call, foreign)) }),
  };
}

function unsigned(holder: JsonObject, foreign: ReadonlySet<string>): JsonObject {
  const google = objectAt(objectAt(holder, 'extra_content') ?? {}, 'google') ?? {};
  if (!foreign.has(stringAt(google, 'thought_signature') ?? '')) return holder;
  const { extra_content: _, ...rest } = holder;
  return rest;
}
