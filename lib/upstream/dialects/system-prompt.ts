import type { VersionSystemPrompt } from '../../domain/version.js';
import { isObject, type JsonObject } from '../../kit/json.js';

/** Whether a message tells the model how to behave. */
export function isInstruction(message: unknown): boolean {
  return isObject(message) && (message['role'] === 'system' || message['role'] === 'developer');
}

/** Puts a text in front of a prompt: a string, a list of text blocks, or nothing. The provider judges anything else. */
export function inFrontOf(prompt: unknown, text: string): unknown {
  if (isEmpty(prompt)) return text;
  if (typeof prompt === 'string') return `${text}\n\n${prompt}`;
  return [{ type: 'text', text }, ...(Array.isArray(prompt) ? (prompt as unknown[]) : [prompt])];
}

/**
 * Applies a version's system prompt in a format that has a field for it beside the conversation. The conversation may
 * contain instructions as well.
 */
export function withPromptIn(
  field: string,
  conversation: string,
  body: JsonObject,
  { text, mode }: VersionSystemPrompt,
): JsonObject {
  const own = body[field];
  const messages: readonly unknown[] = Array.isArray(body[conversation]) ? body[conversation] : [];
  const has = messages.some(isInstruction);
  switch (mode) {
    case 'default':
      return has || !isEmpty(own) ? body : { ...body, [field]: text };
    case 'prepend':
      return { ...body, [field]: inFrontOf(own, text) };
    case 'replace': {
      const replaced = { ...body, [field]: text };
      return has ? { ...replaced, [conversation]: messages.filter((message) => !isInstruction(message)) } : replaced;
    }
  }
}

function isEmpty(prompt: unknown): boolean {
  return prompt === undefined || prompt === null || prompt === '' || (Array.isArray(prompt) && prompt.length === 0);
}
