import { isObject, objectAt, stringAt, type JsonObject } from '../kit/json.js';
import { lastQuestion, withoutThinking } from './dialects/anthropic-messages/state.js';
import type { Dialect } from './dialects/dialect.js';
import { objectsIn } from './dialects/request-parts.js';
import type { ModelNeeds } from './model-needs.js';

/**
 * The request as this model takes it, where a model of another maker called tools in the turn under way. The same
 * object when none did.
 */
export function withForeignCalls(body: JsonObject, { name }: Dialect, needs: ModelNeeds): JsonObject {
  const { signature, ownCalls } = needs;
  if (signature !== undefined && name === 'openai-chat') return withSignatures(body, signature);
  if (ownCalls && name === 'anthropic-messages' && beganElsewhere(body, ownCalls)) return withoutThinking(body);
  return body;
}

function withSignatures(body: JsonObject, signature: string): JsonObject {
  const messages: readonly unknown[] = Array.isArray(body['messages']) ? body['messages'] : [];
  const since = messages.findLastIndex((message) => isObject(message) && message['role'] === 'user');
  const next = messages.map((message, at) => (at > since && isObject(message) ? signed(message, signature) : message));
  return next.some((message, at) => message !== messages[at]) ? { ...body, messages: next } : body;
}

/** Of parallel calls the first alone is signed. */
function signed(message: JsonObject, thought_signature: string): JsonObject {
  const [first, ...others] = objectsIn(message['tool_calls']);
  if (!first) return message;
  const extra = objectAt(first, 'extra_content') ?? {};
  const google = objectAt(extra, 'google') ?? {};
  if (google['thought_signature'] !== undefined) return message;
  const marked = { ...first, extra_content: { ...extra, google: { ...google, thought_signature } } };
  return { ...message, tool_calls: [marked, ...others] };
}

/** Whether the model is to think in a turn that begins with calls of another maker, and without thoughts. */
function beganElsewhere(body: JsonObject, ownCalls: RegExp): boolean {
  if (objectAt(body, 'thinking')?.['type'] !== 'enabled') return false;
  const messages = objectsIn(body['messages']);
  const turn = messages.slice(lastQuestion(messages) + 1).find(({ role }) => role === 'assistant');
  const blocks = objectsIn(turn?.['content']);
  if (stringAt(blocks[0] ?? {}, 'type')?.endsWith('thinking')) return false;
  return blocks.some(({ type, id }) => type === 'tool_use' && !ownCalls.test(String(id)));
}
