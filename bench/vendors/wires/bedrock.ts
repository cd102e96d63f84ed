import { numberAt, objectAt, stringAt, type JsonObject } from '../../../lib/kit/json.js';
import { objectsIn } from '../../../lib/upstream/dialects/request-parts.js';
import type { Picture, Said, ToolOutcome, ToolUse, Turn } from '../exercise.js';
import { framed, type Event } from './event-stream.js';
import { EFFORTS } from './messages.js';
import { json, piecesOf, told, unknownField, unmarked, without, type Wire } from './wire.js';

const FIELDS =
  'messages system inferenceConfig toolConfig additionalModelRequestFields additionalModelResponseFieldPaths'.split(
    ' ',
  );
const ENDS = { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use', filtered: 'content_filtered' } as const;

/** Amazon's Converse: JSON, and streams in its binary framing. */
export const bedrock: Wire = {
  untold: ['reasoning'],
  serves: (path) => /\/converse(-stream)?$/.test(path),
  isStream: ({ path }) => path.endsWith('-stream'),
  complaint({ body }) {
    const roles = objectsIn(body['messages']).map(({ role }) => role);
    if (roles.some((role, at) => role === roles[at - 1])) return 'roles do not alternate';
    if ((numberAt(objectAt(body, 'inferenceConfig') ?? {}, 'temperature') ?? 0) > 1) return 'temperature: 0..1';
    const { temperature, topP } = objectAt(body, 'inferenceConfig') ?? {};
    if (temperature !== undefined && topP !== undefined) return 'temperature and topP: one of them';
    const usesTools = JSON.stringify(body['messages']).includes('"toolUse"');
    if (usesTools && !body['toolConfig']) return 'toolConfig has to be defined when toolUse is used';
    return unknownField(body, FIELDS);
  },
  heard({ body }) {
    const config = objectAt(body, 'inferenceConfig') ?? {};
    const tools = objectAt(body, 'toolConfig');
    const choice = objectAt(tools ?? {}, 'toolChoice');
    const more = objectAt(body, 'additionalModelRequestFields') ?? {};
    const budget = numberAt(objectAt(more, 'thinking') ?? {}, 'budget_tokens');
    const disabled = (objectAt(more, 'tool_choice') ?? {})['disable_parallel_tool_use'];
    const named = objectAt(choice ?? {}, 'tool');
    const kind = choice && Object.keys(choice)[0];
    const format = objectAt(objectAt(more, 'output_config') ?? {}, 'format');
    const system = objectsIn(body['system'])
      .map((part) => stringAt(part, 'text') ?? '')
      .join('');
    return told({
      system: system === '' ? undefined : system,
      turns: objectsIn(body['messages']).flatMap(turnsIn),
      tools:
        tools &&
        objectsIn(tools['tools']).map((tool) => {
          const { name, description, inputSchema } = objectAt(tool, 'toolSpec') ?? {};
          return {
            name: String(name),
            description: description as string,
            schema: (inputSchema as JsonObject)['json'] as JsonObject,
          };
        }),
      choice: named ? `=${String(named['name'])}` : kind === 'any' ? 'required' : kind,
      parallel: typeof disabled === 'boolean' ? !disabled : undefined,
      schema: format && objectAt(format, 'schema'),
      effort: budget === undefined ? undefined : EFFORTS[budget],
      maxTokens: numberAt(config, 'maxTokens'),
      temperature: numberAt(config, 'temperature'),
      topP: numberAt(config, 'topP'),
      topK: numberAt(config, 'topK'),
      stop: config['stopSequences'] as string[] | undefined,
    });
  },
  /**
   * No names of users, and the package does not say that a tool failed. A tool that has to be called is the only one
   * there; where none may be, there are none.
   */
  expected(asked) {
    const ask = { ...without(asked, 'user'), turns: unmarked(asked.turns) };
    if (ask.choice === 'none') return without(ask, 'tools', 'choice');
    const tools = ask.choice?.startsWith('=') && ask.tools?.filter(({ name }) => `=${name}` === ask.choice);
    return tools ? { ...ask, tools } : ask;
  },
  whole: (said) => {
    const message = { role: 'assistant', content: blocksOf(said) };
    return json(200, {
      output: { message },
      stopReason: ENDS[said.end],
      usage: usageOf(said),
      metrics: { latencyMs: 1 },
    });
  },
  stream: (said) =>
    framed([
      ...eventsOf(said),
      ['messageStop', { stopReason: ENDS[said.end] }],
      ['metadata', { usage: usageOf(said), metrics: { latencyMs: 1 } }],
    ]),
  fails({ name }) {
    const [status, type, message] = ERRORS[name]!;
    return json(status, { message }, { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/` });
  },
  breaks(said, _call, { stage }) {
    const begun = eventsOf(said);
    const error = ['internalServerException', { message: 'The server had an error.' }, 'exception'] as const;
    return framed(stage === 'cut' ? begun : [...begun, error]);
  },
};

const ERRORS: Readonly<Record<string, readonly [number, string, string]>> = {
  rejected: [400, 'ValidationException', 'messages.0: Invalid value.'],
  context_length: [400, 'ValidationException', 'Input is too long for requested model.'],
  content_filter: [400, 'ValidationException', 'Output blocked by content filtering policy'],
  auth: [403, 'AccessDeniedException', 'Authentication failed: Please make sure your API Key is valid.'],
  not_found: [404, 'ResourceNotFoundException', 'The model is not found.'],
  rate_limited: [429, 'ThrottlingException', 'Too many requests, please wait before trying again.'],
  quota: [402, 'ServiceQuotaExceededException', 'Your account has exceeded its quota (insufficient_quota).'],
  server_error: [500, 'InternalServerException', 'The server had an error.'],
  overloaded: [503, 'ServiceUnavailableException', 'The service is temporarily unavailable.'],
};

function eventsOf(said: Said): readonly Event[] {
  const events: Event[] = [['messageStart', { role: 'assistant' }]];
  for (const [contentBlockIndex, block] of blocksOf(said).entries()) {
    const delta = (fields: object) => events.push(['contentBlockDelta', { contentBlockIndex, delta: fields }]);
    const use = objectAt(block, 'toolUse');
    if (use) {
      const { input, ...start } = use;
      events.push(['contentBlockStart', { contentBlockIndex, start: { toolUse: start } }]);
      for (const piece of piecesOf(JSON.stringify(input))) delta({ toolUse: { input: piece } });
    } else if (block['reasoningContent']) {
      for (const text of piecesOf(said.thought!)) delta({ reasoningContent: { text } });
      delta({ reasoningContent: { signature: 'EqQBCgIYAhIM' } });
    } else for (const text of piecesOf(said.text)) delta({ text });
    events.push(['contentBlockStop', { contentBlockIndex }]);
  }
  return events;
}

function blocksOf({ thought, text, uses }: Said): JsonObject[] {
  return [
    ...(thought === undefined
      ? []
      : [{ reasoningContent: { reasoningText: { text: thought, signature: 'EqQBCgIYAhIM' } } }]),
    ...(text === '' ? [] : [{ text }]),
    ...uses.map(({ id, name, args }) => ({ toolUse: { toolUseId: id, name, input: args } })),
  ];
}

function usageOf({ tokens: { input, cached, output } }: Said) {
  const cache = { cacheReadInputTokens: cached, cacheWriteInputTokens: 0 };
  return { inputTokens: input - cached, outputTokens: output, totalTokens: input + output, ...cache };
}

function pictureIn(block: JsonObject): Picture[] {
  for (const [kind, family] of [
    ['image', 'image'],
    ['document', 'application'],
  ] as const) {
    const held = objectAt(block, kind);
    const bytes = held && stringAt(objectAt(held, 'source') ?? {}, 'bytes');
    if (bytes !== undefined) return [{ mediaType: `${family}/${String(held!['format'])}`, data: bytes }];
  }
  return [];
}

function textIn(blocks: readonly JsonObject[]): string {
  return blocks.map((block) => stringAt(block, 'text') ?? '').join('');
}

function turnsIn({ role, content }: JsonObject): Turn[] {
  const blocks = objectsIn(content);
  const text = textIn(blocks);
  const words = text === '' ? {} : { text };
  if (role === 'assistant') {
    const uses = blocks.flatMap((block): ToolUse[] => {
      const use = objectAt(block, 'toolUse');
      return use
        ? [{ id: String(use['toolUseId']), name: String(use['name']), args: objectAt(use, 'input') ?? {} }]
        : [];
    });
    return [{ role, ...words, ...(uses.length > 0 && { uses }) }];
  }
  const outcomes = blocks.flatMap((block): ToolOutcome[] => {
    const result = objectAt(block, 'toolResult');
    if (!result) return [];
    const inside = objectsIn(result['content']);
    const [picture] = inside.flatMap(pictureIn);
    const failed = result['status'] === 'error' && { failed: true as const };
    return [{ id: String(result['toolUseId']), text: textIn(inside), ...failed, ...(picture && { picture }) }];
  });
  const pictures = blocks.flatMap(pictureIn);
  const result: Turn[] = outcomes.length > 0 ? [{ role: 'tool', outcomes }] : [];
  if (text === '' && pictures.length === 0) return result;
  return [...result, { role: 'user', ...words, ...(pictures.length > 0 && { pictures }) }];
}
