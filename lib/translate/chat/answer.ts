import { isObject, objectAt, stringAt, type JsonObject } from '../../kit/json.js';
import type { AnswerContext } from '../answer-context.js';
import { chatEnd, endFrom } from '../endings.js';
import type { AnswerPart, AnswerSource, ModelAnswer } from '../model.js';
import { chatUsage, writeChatUsage } from '../usage.js';

/** A whole chat completion; `undefined` when the JSON is none. */
export function readChatAnswer(json: JsonObject): ModelAnswer {
  const choice = objectsIn(json['choices'])[0] ?? {};
  const message = objectAt(choice, 'message') ?? {};
  const content: AnswerPart[] = [];
  const reasoning = reasoningIn(message);
  if (reasoning) content.push({ type: 'reasoning', text: reasoning });
  const text = textIn(message['content']) || (stringAt(message, 'refusal') ?? '');
  if (text) content.push({ type: 'text', text });
  content.push(...objectsIn(message['annotations']).flatMap(sourceIn));
  for (const call of objectsIn(message['tool_calls'])) {
    const described = objectAt(call, 'function') ?? {};
    content.push({
      type: 'tool-call',
      toolCallId: stringAt(call, 'id') ?? '',
      toolName: stringAt(described, 'name') ?? '',
      input: argsIn(described),
    });
  }
  const calls = content.some(({ type }) => type === 'tool-call');
  const refused = stringAt(message, 'refusal');
  const end = endFrom(stringAt(choice, 'finish_reason'), calls);
  const model = stringAt(json, 'model');
  const id = stringAt(json, 'id');
  return {
    content,
    finishReason: refused ? { ...end, unified: 'content-filter' } : end,
    usage: chatUsage(objectAt(json, 'usage')),
    response: { ...(id !== undefined && { id }), ...(model !== undefined && { modelId: model }) },
    warnings: [],
  };
}

/** Vendors call the thoughts they show by two names. */
export function reasoningIn(holder: JsonObject): string | undefined {
  return stringAt(holder, 'reasoning_content') ?? stringAt(holder, 'reasoning');
}

/** A text, or a list of parts of which some are text (Mistral). */
export function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  return objectsIn(content)
    .map((part) => stringAt(part, 'text') ?? '')
    .join('');
}

export function argsIn(described: JsonObject): string {
  const object = objectAt(described, 'arguments');
  return object ? JSON.stringify(object) : (stringAt(described, 'arguments') ?? '');
}

export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function sourceIn(annotation: JsonObject, index: number): AnswerSource[] {
  const cited = objectAt(annotation, 'url_citation') ?? annotation;
  const url = stringAt(cited, 'url');
  if (url === undefined) return [];
  const title = stringAt(cited, 'title');
  return [{ type: 'source', sourceType: 'url', id: String(index), url, ...(title !== undefined && { title }) }];
}

export function citationOf(source: AnswerSource): JsonObject[] {
  if (source.sourceType !== 'url') return [];
  return [{ url: source.url, title: source.title ?? source.url, start_index: 0, end_index: 0 }];
}

export function writeChatAnswer(answer: ModelAnswer, { id, created, model }: AnswerContext): JsonObject {
  const { content, finishReason, usage } = answer;
  const texts = content.filter((part) => part.type === 'text').map(({ text }) => text);
  const thoughts = content.filter((part) => part.type === 'reasoning').map(({ text }) => text);
  const calls = content.filter((part) => part.type === 'tool-call').filter((call) => call.providerExecuted !== true);
  const sources = content.filter((part) => part.type === 'source').flatMap(citationOf);
  const message = {
    role: 'assistant',
    content: texts.length > 0 || calls.length === 0 ? texts.join('') : null,
    refusal: null,
    ...(thoughts.join('') !== '' && { reasoning_content: thoughts.join('') }),
    ...(sources.length > 0 && {
      annotations: sources.map((url_citation) => ({ type: 'url_citation', url_citation })),
    }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ toolCallId, toolName, input }) => ({
        id: toolCallId,
        type: 'function',
        function: { name: toolName, arguments: input === '' ? '{}' : input },
      })),
    }),
  };
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: chatEnd(finishReason) }],
    usage: writeChatUsage(usage),
  };
}
