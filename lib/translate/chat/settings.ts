import type { Asked } from '../asked.js';
import { from, known, type Fields } from '../fields.js';
import type { FunctionTool, PlainJson, PlainJsonObject, ToolChoice } from '../model.js';
import { cacheMark } from '../vendor-fields.js';

/** Hints of OpenAI's formats and their names in the AI SDK. They change no word of an answer. */
export const OPENAI_HINTS: Readonly<Record<string, string>> = {
  store: 'store',
  metadata: 'metadata',
  service_tier: 'serviceTier',
  prompt_cache_key: 'promptCacheKey',
  prompt_cache_retention: 'promptCacheRetention',
  safety_identifier: 'safetyIdentifier',
};

/** Takes these hints. */
export function openAiHints(fields: Fields, names: Readonly<Record<string, string>>): PlainJsonObject | undefined {
  const hints: PlainJsonObject = {};
  for (const [wire, name] of Object.entries(names)) {
    const value = fields.take(wire) as PlainJson | undefined;
    if (value !== undefined) hints[name] = value;
  }
  return Object.keys(hints).length > 0 ? hints : undefined;
}

/** The fields of a chat request other than its messages. */
export function readChatSettings(fields: Fields): Omit<Asked, 'prompt'> {
  fields.skip('model', 'stream', 'stream_options');
  fields.only('n', 1);
  fields.only('logprobs', false);
  fields.only('top_logprobs', 0);
  const bias = fields.plain('logit_bias');
  if (bias && Object.keys(bias).length > 0) throw fields.refuse('logit_bias');
  if (fields.texts('modalities')?.some((kind) => kind !== 'text')) throw fields.refuse('modalities');
  const effort = fields.text('reasoning_effort');
  const stop = fields.isText('stop') ? [fields.text('stop')!] : fields.texts('stop');
  const limits = [fields.number('max_completion_tokens'), fields.number('max_tokens')];
  return known<Omit<Asked, 'prompt'>>({
    maxOutputTokens: limits.find((limit) => limit !== undefined),
    temperature: fields.number('temperature'),
    topP: fields.number('top_p'),
    topK: fields.number('top_k'),
    stopSequences: stop,
    presencePenalty: fields.number('presence_penalty'),
    frequencyPenalty: fields.number('frequency_penalty'),
    seed: fields.number('seed'),
    parallelToolCalls: fields.flag('parallel_tool_calls'),
    user: fields.text('user'),
    thinking: effort === undefined ? undefined : { effort },
    openai: openAiHints(fields, { ...OPENAI_HINTS, verbosity: 'textVerbosity' }),
    tools: fields.list('tools')?.map(toolIn),
    toolChoice: choiceIn(fields),
    ...formatIn(fields),
  });
}

function toolIn(tool: Fields): FunctionTool {
  tool.only('type', 'function');
  const described = tool.object('function');
  if (!described) throw tool.refuse('type');
  const read = describedTool(described, 'parameters', cacheMark(tool));
  tool.done();
  return from(tool.path, read);
}

/** A tool by its fields, which all formats name alike but for the schema. */
export function describedTool(described: Fields, schema: string, more: Partial<FunctionTool>): FunctionTool {
  const read = known<FunctionTool>({
    type: 'function',
    name: described.text('name') ?? '',
    description: described.text('description'),
    inputSchema: described.plain(schema) ?? { type: 'object', properties: {} },
    strict: described.flag('strict'),
  });
  described.done();
  return { ...read, ...more };
}

function choiceIn(fields: Fields): ToolChoice | undefined {
  if (fields.isText('tool_choice')) return choiceNamed(fields);
  const choice = fields.object('tool_choice');
  if (!choice) return undefined;
  if (choice.text('type') !== 'function') throw fields.refuse('tool_choice');
  return { type: 'tool', toolName: choice.object('function')?.text('name') ?? '' };
}

/** A choice in one word, which OpenAI's formats share. */
export function choiceNamed(fields: Fields): ToolChoice {
  const type = fields.text('tool_choice');
  if (type !== 'auto' && type !== 'none' && type !== 'required') throw fields.refuse('tool_choice');
  return { type };
}

function formatIn(fields: Fields): Pick<Asked, 'responseFormat' | 'strictFormat'> {
  const format = fields.object('response_format');
  const type = format?.text('type');
  if (!format || type === 'text') return {};
  const held = type === 'json_schema' ? format.object('json_schema') : undefined;
  return jsonFormat(type, held ?? format);
}

/** A format of answers whose fields all of OpenAI's formats name alike. */
export function jsonFormat(type: string | undefined, held: Fields): Pick<Asked, 'responseFormat' | 'strictFormat'> {
  if (type === 'json_object') return { responseFormat: { type: 'json' } };
  if (type !== 'json_schema') throw held.refuse('type');
  const strict = held.flag('strict');
  const responseFormat = known<{ type: 'json'; schema: object; name: string; description: string }>({
    type: 'json',
    schema: held.plain('schema'),
    name: held.text('name'),
    description: held.text('description'),
  });
  held.done();
  return { responseFormat, ...(strict !== undefined && { strictFormat: strict }) };
}
