import type { VersionSystemPrompt } from '../../domain/version.js';
import { isObject, numberAt, objectAt, parseJson, stringAt, type JsonObject } from '../../kit/json.js';
import { partsState } from './ai-sdk/state.js';
import { errorInside } from '../errors/classify-error.js';
import type { AnswerReading, EventReading, StreamReader, ToolCallPiece } from './readings.js';
import type { Dialect } from './dialect.js';
import { openAiErrorBody } from './openai-errors.js';
import { conversationText, objectsIn, toolsIn } from './request-parts.js';
import { wasCut } from '../../translate/parts/stream.js';
import { usageFrom } from './usage-counts.js';
import { inFrontOf } from './system-prompt.js';
import type { Usage } from '../../domain/usage.js';

/**
 * The prompt and the parts of the AI SDK's language models, as JSON: what a model object takes and what
 * `router.languageModel()` is asked. No gateway serves it.
 */
export const aiSdk: Dialect<'ai-sdk'> = {
  name: 'ai-sdk',
  path: '/ai-sdk',
  endpoint: { path: '', auth: 'bearer' },
  gateway: { handler: 'parts', summary: 'The parts of an answer.' },
  vendor: 'ai-sdk',
  operation: 'chat',

  headers: {},
  callerHeaders: [],
  listHeaders: [],

  required: { prompt: 'list' },
  requestFields: ['prompt'],
  limitFields: ['maxOutputTokens'],
  toolFields: ['tools'],
  textFields: new Set(['text', 'content', 'value', 'input']),
  fileFields: new Set(['data', 'url', 'fileId']),
  request: {
    conversation: ({ prompt }) => conversationText(undefined, prompt),
    schema: (body) => {
      const format = objectAt(body, 'responseFormat');
      return format?.['type'] === 'json' ? (format['schema'] ?? { type: 'object' }) : undefined;
    },
    forcedTool: (body) => stringAt(objectAt(body, 'toolChoice') ?? {}, 'toolName'),
    tools: ({ tools }) => toolsIn(tools, 'inputSchema'),
  },
  question: (text, maxTokens) => ({
    prompt: [{ role: 'user', content: [{ type: 'text', text }] }],
    maxOutputTokens: maxTokens,
  }),
  withSystemPrompt,

  state: partsState,
  streams: true,
  isStream: (body) => body['stream'] === true,
  readAnswer,
  readStream: () => new PartsReader(),
  toolCalls: {
    inAnswer: ({ content }) => objectsIn(content).flatMap(callIn),
    inEvent: (data) => (data.includes('"tool-call"') ? callIn((parseJson(data) ?? {}) as JsonObject, 0) : []),
  },
  endings: { cutOff: ['length'], refused: ['content-filter'] },

  errorBody: openAiErrorBody,
  errorEvent: (error) => ({ event: 'error', data: JSON.stringify({ type: 'error', ...openAiErrorBody(error) }) }),
};

function withSystemPrompt(body: JsonObject, { text, mode }: VersionSystemPrompt): JsonObject {
  const prompt = objectsIn(body['prompt']);
  const found = prompt.find(({ role }) => role === 'system');
  if (!found) return { ...body, prompt: [{ role: 'system', content: text }, ...prompt] };
  if (mode === 'default') return body;
  const others = prompt.filter(({ role }) => role !== 'system');
  if (mode === 'replace') return { ...body, prompt: [{ role: 'system', content: text }, ...others] };
  const first = { ...found, content: inFrontOf(found['content'], text) };
  return { ...body, prompt: prompt.with(prompt.indexOf(found), first) };
}

function readAnswer(json: unknown): AnswerReading | undefined {
  if (!isObject(json) || !Array.isArray(json['content'])) return undefined;
  const parts = objectsIn(json['content']);
  const textOf = (type: string) =>
    parts.map((part) => (part['type'] === type ? (stringAt(part, 'text') ?? '') : '')).join('');
  const [reasoning, finishReason] = [textOf('reasoning'), endOf(json)];
  return {
    model: stringAt(objectAt(json, 'response') ?? {}, 'modelId'),
    text: textOf('text'),
    usage: usageOf(objectAt(json, 'usage')),
    finishReason,
    ...(reasoning !== '' && { reasoning }),
    ...(finishReason === 'content-filter' && { refused: true as const }),
  };
}

function endOf(holder: JsonObject): string | undefined {
  return stringAt(objectAt(holder, 'finishReason') ?? {}, 'unified');
}

function usageOf(usage: JsonObject | undefined): Usage | undefined {
  const [input, output] = [usage && objectAt(usage, 'inputTokens'), usage && objectAt(usage, 'outputTokens')];
  if (!input || !output || (numberAt(input, 'total') ?? numberAt(output, 'total')) === undefined) return undefined;
  return usageFrom({
    inputTokens: numberAt(input, 'total'),
    outputTokens: numberAt(output, 'total'),
    cachedInputTokens: numberAt(input, 'cacheRead'),
    cacheWriteTokens: numberAt(input, 'cacheWrite'),
    reasoningTokens: numberAt(output, 'reasoning'),
  });
}

function callIn(part: JsonObject, index: number): readonly ToolCallPiece[] {
  if (part['type'] !== 'tool-call') return [];
  const [id, name, args] = ['toolCallId', 'toolName', 'input'].map((field) => stringAt(part, field));
  return [{ index, id, name: name ?? '', args: args ?? '' }];
}

class PartsReader implements StreamReader {
  model: string | undefined;
  usage: Usage | undefined;
  finishReason: string | undefined;
  complete = false;
  warnings: unknown;

  read(data: string): EventReading {
    const json = parseJson(data);
    if (!isObject(json)) return { kind: 'malformed' };
    switch (json['type']) {
      case 'text-delta':
        return { kind: 'content', text: stringAt(json, 'delta') ?? '' };
      case 'reasoning-delta':
        return { kind: 'content', text: '', reasoning: stringAt(json, 'delta') ?? '' };
      case 'tool-input-start':
      case 'tool-input-delta':
      case 'tool-call':
      case 'file':
      case 'source':
        return { kind: 'content', text: '' };
      case 'stream-start':
        this.warnings = json['warnings'];
        return { kind: 'meta' };
      case 'response-metadata':
        this.model = stringAt(json, 'modelId') ?? this.model;
        return { kind: 'meta' };
      case 'error':
        return { kind: 'error', ...errorInside(json) };
      case 'finish':
        if (wasCut(json)) return { kind: 'meta' };
        this.complete = true;
        this.usage = usageOf(objectAt(json, 'usage'));
        this.finishReason = endOf(json);
        return { kind: 'end', ...(this.finishReason === 'content-filter' && { refused: true }) };
      default:
        return { kind: typeof json['type'] === 'string' ? 'meta' : 'malformed' };
    }
  }
}
