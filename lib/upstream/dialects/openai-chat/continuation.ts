import { isObject, objectAt, parseJson } from '../../../kit/json.js';
import type { Continuation } from '../dialect.js';

/** Assistant prefill in OpenAI's chat format: the conversation ends with the answer so far. */
export const openAiChatContinuation: Continuation = {
  prefilled: (body, text) => {
    const messages: unknown[] = Array.isArray(body['messages']) ? body['messages'] : [];
    return { ...body, messages: [...messages, { role: 'assistant', content: text }] };
  },
  withText: (data, text) => {
    const json = parseJson(data);
    if (!isObject(json) || !Array.isArray(json['choices'])) return data;
    const [choice, ...others] = json['choices'] as unknown[];
    if (!isObject(choice)) return data;
    const delta = { ...objectAt(choice, 'delta'), content: text };
    return JSON.stringify({ ...json, choices: [{ ...choice, delta }, ...others] });
  },
};
