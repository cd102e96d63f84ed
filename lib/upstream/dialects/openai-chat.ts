import type { FailureClass } from '../../domain/outcome.js';
import type { Usage } from '../../domain/usage.js';
import type { Version } from '../../domain/version.js';
import { isObject, numberAt, objectAt, parseJson, stringAt } from '../json.js';
import { classifyStatus } from './classify-status.js';
import { openAiChatContinuation } from './openai-chat-continuation.js';
import type { AnswerReading, Dialect, EventReading, JsonObject, PreparedBody, StreamReader } from './dialect.js';

const FAILURE_BY_CODE: ReadonlyMap<unknown, FailureClass> = new Map([
  ['context_length_exceeded', 'context_length'],
  ['content_policy_violation', 'content_filter'],
  ['content_filter', 'content_filter'],
  ['invalid_api_key', 'auth'],
  ['model_not_found', 'not_found'],
  ['rate_limit_exceeded', 'rate_limited'],
  ['insufficient_quota', 'rate_limited'],
]);

/**
 * OpenAI's chat completions, JSON and SSE.
 *
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export const openAiChat: Dialect = {
  name: 'openai-chat',
  path: '/chat/completions',
  authHeaders: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
  isStream: (body) => body['stream'] === true,
  prepare,
  readAnswer,
  readStream: (body) => new ChatStreamReader(Math.max(1, numberAt(body, 'n') ?? 1)),
  classify,
  continuation: openAiChatContinuation,
  errorBody: ({ code, message, type }) => ({ error: { message, type, param: null, code } }),
};

function prepare(body: JsonObject, version: Version): PreparedBody {
  const forUpstream = { ...body, model: version.model };
  if (body['stream'] !== true) return { body: forUpstream, hideUsage: false };
  const options = objectAt(body, 'stream_options') ?? {};
  const asked = options['include_usage'] === true;
  return {
    body: { ...forUpstream, stream_options: { ...options, include_usage: true } },
    hideUsage: !asked,
  };
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

  read(data: string): EventReading {
    if (data === '[DONE]') {
      this.#ended = true;
      return { kind: 'end' };
    }
    const json = parseJson(data);
    if (!isObject(json)) return { kind: 'malformed' };
    if (json['error'] !== undefined && json['error'] !== null) {
      return { kind: 'error', failure: failureByCode(json) ?? 'server_error' };
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
    for (const choice of choices) {
      if (!isObject(choice)) continue;
      this.#trackEnd(numberAt(choice, 'index') ?? 0, stringAt(choice, 'finish_reason'));
      const delta = objectAt(choice, 'delta');
      if (!delta) continue;
      text += stringAt(delta, 'content') ?? '';
      hasContent ||= CONTENT_FIELDS.some((field) => isFilled(delta[field]));
    }
    return { kind: hasContent ? 'content' : 'meta', text };
  }

  #trackEnd(index: number, finishReason: string | undefined): void {
    // Some providers send an empty one with every chunk.
    if (!finishReason) {
      if (!this.#finished.has(index)) this.#open.add(index);
      return;
    }
    this.finishReason ??= finishReason;
    this.#open.delete(index);
    this.#finished.add(index);
  }
}

/** Fields of a delta that a user waits for. A first chunk with the role alone is none of them. */
const CONTENT_FIELDS = ['content', 'tool_calls', 'refusal', 'reasoning_content', 'function_call', 'audio'];

function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function classify(status: number, body: unknown): FailureClass {
  const byStatus = classifyStatus(status);
  // These two say least: a code in the body says more.
  return byStatus === 'client_error' || byStatus === 'malformed' ? (failureByCode(body) ?? byStatus) : byStatus;
}

function failureByCode(body: unknown): FailureClass | undefined {
  const error = isObject(body) ? objectAt(body, 'error') : undefined;
  return error && (FAILURE_BY_CODE.get(error['code']) ?? FAILURE_BY_CODE.get(error['type']));
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
