import type { Usage } from '../../domain/usage.js';
import type { Version, VersionSystemPrompt } from '../../domain/version.js';
import { isObject, numberAt, objectAt, parseJson, stringAt } from '../../kit/json.js';
import type { SseEvent } from '../sse.js';
import type { AnswerReading, Dialect, EventReading, JsonObject, PreparedBody, StreamReader } from './dialect.js';
import { openAiChatContinuation } from './openai-chat-continuation.js';
import { classifyOpenAi, failureOfOpenAi, openAiErrorBody } from './openai-errors.js';
import { withParameters } from './parameters.js';
import { inFrontOf, isInstruction } from './system-prompt.js';

const LIMIT_FIELDS = ['max_completion_tokens', 'max_tokens'];

const DONE = '[DONE]';

/**
 * OpenAI's chat completions, JSON and SSE.
 *
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export const openAiChat: Dialect = {
  name: 'openai-chat',
  path: '/chat/completions',
  headers: {},
  callerHeaders: ['openai-beta'],
  limitFields: LIMIT_FIELDS,
  toolFields: ['tools', 'functions'],
  isStream: (body) => body['stream'] === true,
  missingField: ({ messages }) => (Array.isArray(messages) ? undefined : 'messages'),
  prepare,
  readAnswer,
  readStream: (body) => new ChatStreamReader(Math.max(1, numberAt(body, 'n') ?? 1)),
  classify: classifyOpenAi,
  continuation: openAiChatContinuation,
  errorBody: openAiErrorBody,
  errorEvent: (error) => ({ event: undefined, data: JSON.stringify(openAiErrorBody(error)) }),
};

function prepare(body: JsonObject, version: Version): PreparedBody {
  const forUpstream = withSystemPrompt(withParameters(body, version, LIMIT_FIELDS), version.systemPrompt);
  if (body['stream'] !== true) return { body: forUpstream, hideUsage: false };
  const asked = objectAt(body, 'stream_options')?.['include_usage'] === true;
  const options = objectAt(forUpstream, 'stream_options');
  return {
    body: { ...forUpstream, stream_options: { ...options, include_usage: true } },
    hideUsage: !asked,
  };
}

function withSystemPrompt(body: JsonObject, prompt: VersionSystemPrompt | undefined): JsonObject {
  if (!prompt || !Array.isArray(body['messages'])) return body;
  const messages: readonly unknown[] = body['messages'];
  const { text, mode } = prompt;
  const at = messages.findIndex(isInstruction);
  const found = messages[at];
  if (!isObject(found)) return { ...body, messages: [{ role: 'system', content: text }, ...messages] };
  switch (mode) {
    case 'default':
      return body;
    case 'prepend':
      return { ...body, messages: messages.with(at, { ...found, content: inFrontOf(found['content'], text) }) };
    case 'replace': {
      const others = messages.filter((message) => !isInstruction(message));
      return { ...body, messages: [{ role: found['role'], content: text }, ...others] };
    }
  }
}

function readAnswer(json: unknown): AnswerReading | undefined {
  if (!isObject(json) || !Array.isArray(json['choices'])) return undefined;
  const choice: unknown = json['choices'][0];
  if (!isObject(choice)) return undefined;
  const message = objectAt(choice, 'message');
  return {
    model: stringAt(json, 'model'),
    text: (message && stringAt(message, 'content')) ?? '',
    usage: usageOf(json),
    finishReason: stringAt(choice, 'finish_reason'),
    ...(message && isFilled(message['refusal']) && { refused: true }),
  };
}

class ChatStreamReader implements StreamReader {
  model: string | undefined;
  usage: Usage | undefined;
  finishReason: string | undefined;
  #ended = false;
  readonly #open = new Set<number>();
  readonly #finished = new Set<number>();

  constructor(private readonly choices: number) {}

  get complete(): boolean {
    const begun = this.#open.size + this.#finished.size;
    return (this.#ended && begun > 0) || (this.#finished.size >= this.choices && this.#open.size === 0);
  }

  get closingMark(): SseEvent {
    return { event: undefined, data: DONE };
  }

  read(data: string): EventReading {
    if (data === DONE) {
      this.#ended = true;
      return { kind: 'end' };
    }
    const json = parseJson(data);
    if (!isObject(json)) return { kind: 'malformed' };
    if (json['error'] !== undefined && json['error'] !== null) {
      return { kind: 'error', failure: failureOfOpenAi(json['error']) };
    }
    const { choices } = json;
    if (!Array.isArray(choices)) return { kind: 'malformed' };

    this.model ??= stringAt(json, 'model');
    this.usage = usageOf(json) ?? this.usage;
    if (choices.length === 0) return { kind: json['usage'] ? 'usage' : 'meta' };
    return this.#readChoices(choices);
  }

  #readChoices(choices: readonly unknown[]): EventReading {
    let text = '';
    let hasContent = false;
    let isRefusal = false;
    for (const choice of choices) {
      if (!isObject(choice)) continue;
      const index = numberAt(choice, 'index') ?? 0;
      this.#trackEnd(index, stringAt(choice, 'finish_reason'));
      const delta = objectAt(choice, 'delta');
      if (!delta) continue;
      // The first choice's alone, as of a whole answer: several in turn are nobody's text.
      if (index === 0) text += stringAt(delta, 'content') ?? '';
      isRefusal ||= index === 0 && isFilled(delta['refusal']);
      hasContent ||= CONTENT_FIELDS.some((field) => isFilled(delta[field]));
    }
    return { kind: hasContent ? 'content' : 'meta', text, ...(isRefusal && { refused: true }) };
  }

  #trackEnd(index: number, finishReason: string | undefined): void {
    // Some providers send an empty one with every chunk.
    if (!finishReason) {
      if (!this.#finished.has(index)) this.#open.add(index);
      return;
    }
    if (index === 0) this.finishReason ??= finishReason;
    this.#open.delete(index);
    this.#finished.add(index);
  }
}

/** Fields of a delta that a user waits for. A first chunk with the role alone is none of them. */
const CONTENT_FIELDS = ['content', 'tool_calls', 'refusal', 'reasoning_content', 'function_call', 'audio'];

function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function usageOf(json: JsonObject): Usage | undefined {
  const usage = objectAt(json, 'usage');
  if (!usage) return undefined;
  const details = objectAt(usage, 'prompt_tokens_details');
  return {
    inputTokens: numberAt(usage, 'prompt_tokens') ?? 0,
    outputTokens: numberAt(usage, 'completion_tokens') ?? 0,
    cachedInputTokens: (details && numberAt(details, 'cached_tokens')) ?? 0,
  };
}
