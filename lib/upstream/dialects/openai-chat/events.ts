import { isObject, type JsonObject } from '../../../kit/json.js';
import type { SseEvent } from '../../sse.js';
import { objectsIn } from '../request-parts.js';

/** A whole answer as the stream that was asked for. */
export function eventsOf(json: JsonObject): readonly SseEvent[] {
  const choices = objectsIn(json['choices']).map(({ message, ...choice }) => ({
    ...choice,
    delta: isObject(message) ? deltaOf(message) : {},
  }));
  const chunk = { ...json, object: 'chat.completion.chunk', choices };
  return [
    { event: undefined, data: JSON.stringify(chunk) },
    { event: undefined, data: '[DONE]' },
  ];
}

/** Pieces of tool calls are numbered. */
function deltaOf(message: JsonObject): JsonObject {
  const calls = objectsIn(message['tool_calls']);
  if (calls.length === 0) return message;
  return { ...message, tool_calls: calls.map((call, index) => ({ index, ...call })) };
}
