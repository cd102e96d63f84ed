import type { Usage } from '../../domain/usage.js';
import type { Version } from '../../domain/version.js';
import { isObject, numberAt, objectAt, parseJson, stringAt } from '../../kit/json.js';
import type { AnswerReading, Dialect, EventReading, JsonObject, StreamReader } from './dialect.js';
import { classifyOpenAi, failureOfOpenAi, openAiErrorBody } from './openai-errors.js';
import { withParameters } from './parameters.js';
import { withPromptIn } from './system-prompt.js';

const LIMIT_FIELDS = ['max_output_tokens'];

/**
 * OpenAI's responses, JSON and SSE.
 *
 * @see https://platform.openai.com/docs/api-reference/responses
 */
export const openAiResponses: Dialect = {
  name: 'openai-responses',
  path: '/responses',
  headers: {},
  callerHeaders: ['openai-beta'],
  limitFields: LIMIT_FIELDS,
  toolFields: ['tools'],
  isStream: (body) => body['stream'] === true,
  // Nothing is required: what is asked may be in `input`, in a stored `prompt` or in a stored conversation.
  missingField: () => undefined,
  prepare: (body, version) => ({ body: prepared(body, version), hideUsage: false }),
  readAnswer,
  readStream: () => new ResponseStreamReader(),
  classify: classifyOpenAi,
  errorBody: openAiErrorBody,
  // The documented event, and the `error` within it that the SDK looks for.
  errorEvent: (error) => {
    const { code, message } = error;
    return {
      event: 'error',
      data: JSON.stringify({ type: 'error', code, message, param: null, ...openAiErrorBody(error) }),
    };
  },
};

function prepared(body: JsonObject, version: Version): JsonObject {
  const forUpstream = withParameters(body, version, LIMIT_FIELDS);
  const { systemPrompt } = version;
  // A stored prompt brings instructions of its own.
  const hasStored = isObject(body['prompt']) && systemPrompt?.mode === 'default';
  return systemPrompt && !hasStored ? withPromptIn('instructions', 'input', forUpstream, systemPrompt) : forUpstream;
}

function readAnswer(json: unknown): AnswerReading | undefined {
  if (!isObject(json) || !Array.isArray(json['output'])) return undefined;
  const output: readonly unknown[] = json['output'];
  const parts = output.flatMap(contentOf);
  return {
    model: stringAt(json, 'model'),
    text: parts.map(textOf).join(''),
    usage: usageOf(json),
    finishReason: finishReasonOf(json),
    ...(parts.some(isRefusal) && { refused: true as const }),
    ...(json['status'] === 'failed' ? { failure: failureOfOpenAi(json['error']) } : {}),
  };
}

class ResponseStreamReader implements StreamReader {
  model: string | undefined;
  usage: Usage | undefined;
  finishReason: string | undefined;
  complete = false;

  read(data: string): EventReading {
    const json = parseJson(data);
    if (!isObject(json)) return { kind: 'malformed' };
    const response = objectAt(json, 'response');
    if (response) this.#take(response);

    const type = stringAt(json, 'type');
    switch (type) {
      case 'response.completed':
      case 'response.incomplete':
        this.complete = true;
        return { kind: 'end' };
      case 'response.failed':
        return { kind: 'error', failure: failureOfOpenAi(response?.['error']) };
      case 'error':
        return { kind: 'error', failure: failureOfOpenAi(objectAt(json, 'error') ?? json) };
      case undefined:
        return isObject(json['error'])
          ? { kind: 'error', failure: failureOfOpenAi(json['error']) }
          : { kind: 'malformed' };
      default:
        return contentIn(type, json);
    }
  }

  #take(response: JsonObject): void {
    this.model ??= stringAt(response, 'model');
    this.usage = usageOf(response) ?? this.usage;
    this.finishReason = finishReasonOf(response) ?? this.finishReason;
  }
}

function contentIn(type: string, json: JsonObject): EventReading {
  if (type.endsWith('.delta')) {
    const delta = stringAt(json, 'delta') ?? '';
    const text = type === 'response.output_text.delta' ? delta : '';
    const refused = type === 'response.refusal.delta' && { refused: true as const };
    return { kind: delta === '' ? 'meta' : 'content', text, ...refused };
  }
  if (type.endsWith('.partial_image')) return { kind: 'content', text: '' };
  if (type !== 'response.output_item.added') return { kind: 'meta' };
  // A tool call may have nothing but its name; a message or a thought says nothing before its first delta.
  const item = objectAt(json, 'item');
  const isCall = item !== undefined && item['type'] !== 'message' && item['type'] !== 'reasoning';
  return { kind: isCall ? 'content' : 'meta' };
}

function contentOf(item: unknown): readonly unknown[] {
  return isObject(item) && Array.isArray(item['content']) ? item['content'] : [];
}

function textOf(part: unknown): string {
  return isObject(part) && part['type'] === 'output_text' ? (stringAt(part, 'text') ?? '') : '';
}

function isRefusal(part: unknown): boolean {
  return isObject(part) && part['type'] === 'refusal';
}

/** `completed`, or why the answer is not. */
function finishReasonOf(response: JsonObject): string | undefined {
  const details = objectAt(response, 'incomplete_details');
  return (details && stringAt(details, 'reason')) ?? stringAt(response, 'status');
}

function usageOf(response: JsonObject): Usage | undefined {
  const usage = objectAt(response, 'usage');
  if (!usage) return undefined;
  const details = objectAt(usage, 'input_tokens_details');
  return {
    inputTokens: numberAt(usage, 'input_tokens') ?? 0,
    outputTokens: numberAt(usage, 'output_tokens') ?? 0,
    cachedInputTokens: (details && numberAt(details, 'cached_tokens')) ?? 0,
  };
}
