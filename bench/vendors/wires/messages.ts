import { isObject, numberAt, objectAt, stringAt, type JsonObject } from '../../../lib/kit/json.js';
import { objectsIn } from '../../../lib/upstream/dialects/request-parts.js';
import type { Picture, Said, ToolUse, Turn } from '../exercise.js';
import { type Call, json, piecesOf, sse, textIn, told, unknownField, type Wire } from './wire.js';

const FIELDS = (
  'model messages system max_tokens temperature top_p top_k stop_sequences stream tools tool_choice thinking ' +
  'metadata output_config service_tier'
).split(' ');

const ENDS = { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use', filtered: 'refusal' } as const;

/** Efforts, by the tokens that they are worth. */
export const EFFORTS: Readonly<Record<number, 'low' | 'medium' | 'high'>> = {
  2048: 'low',
  8192: 'medium',
  16384: 'high',
};

/** Anthropic's messages. */
export const messages: Wire = {
  untold: [],
  serves: (path) => path.endsWith('/messages'),
  isStream: ({ body }) => body['stream'] === true,
  complaint({ body }) {
    if (body['max_tokens'] === undefined) return 'max_tokens: Field required';
    const turns = objectsIn(body['messages']);
    const roles = turns.map(({ role }) => role);
    if (roles.some((role) => role !== 'user' && role !== 'assistant')) return 'an unknown role';
    const temperature = numberAt(body, 'temperature') ?? 0;
    if (temperature > 1) return 'temperature: range: 0..1';
    if (body['temperature'] !== undefined && body['top_p'] !== undefined) return 'temperature and top_p: one of them';
    const thinking = objectAt(body, 'thinking');
    if (thinking && numberAt(thinking, 'budget_tokens')! >= numberAt(body, 'max_tokens')!)
      return 'budget_tokens: too many';
    const misplaced = turns.some((turn, at) => {
      const after = new Set(objectsIn(turns[at - 1]?.['content']).map(({ id }) => id));
      const results = objectsIn(turn['content']).filter(({ type }) => type === 'tool_result');
      return results.some(({ tool_use_id }) => !after.has(tool_use_id));
    });
    return misplaced ? 'tool_result without its tool_use' : unknownField(body, FIELDS);
  },
  heard({ body }) {
    const system = body['system'];
    const choice = objectAt(body, 'tool_choice');
    const kind = choice && String(choice['type']);
    const disabled = choice?.['disable_parallel_tool_use'];
    const thinking = objectAt(body, 'thinking');
    return told({
      system: system === undefined ? undefined : textIn(system),
      turns: objectsIn(body['messages']).flatMap(turnsIn),
      tools:
        body['tools'] === undefined
          ? undefined
          : objectsIn(body['tools']).map((tool) => ({
              name: String(tool['name']),
              description: stringAt(tool, 'description') ?? '',
              schema: objectAt(tool, 'input_schema') ?? {},
            })),
      choice: kind === 'tool' ? `=${String(choice!['name'])}` : kind === 'any' ? 'required' : kind,
      parallel: typeof disabled === 'boolean' ? !disabled : undefined,
      schema: objectAt(objectAt(objectAt(body, 'output_config') ?? {}, 'format') ?? {}, 'schema'),
      effort: thinking && EFFORTS[numberAt(thinking, 'budget_tokens') ?? 0],
      maxTokens: numberAt(body, 'max_tokens'),
      temperature: numberAt(body, 'temperature'),
      topP: numberAt(body, 'top_p'),
      topK: numberAt(body, 'top_k'),
      stop: body['stop_sequences'] as string[] | undefined,
      user: stringAt(objectAt(body, 'metadata') ?? {}, 'user_id'),
    });
  },
  whole: (said, call) =>
    json(200, { ...head(call), content: blocksOf(said), stop_reason: ENDS[said.end], usage: usageOf(said) }),
  stream: (said, call) => sse([...eventsOf(said, call), ...endOf(said)]),
  fails({ name }) {
    const [status, type, message] = ERRORS[name]!;
    const headers = name === 'rate_limited' ? { 'retry-after': '7' } : undefined;
    return json(status, { type: 'error', error: { type, message }, request_id: 'req_1' }, headers);
  },
  breaks(said, call, { stage }) {
    const begun = eventsOf(said, call);
    const error = named('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
    return sse(stage === 'cut' ? begun.slice(0, -1) : [...begun.slice(0, -1), error]);
  },
};

const ERRORS: Readonly<Record<string, readonly [number, string, string]>> = {
  rejected: [400, 'invalid_request_error', 'messages.0: Invalid value.'],
  context_length: [400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'],
  content_filter: [400, 'invalid_request_error', 'Output blocked by content filtering policy'],
  auth: [401, 'authentication_error', 'invalid x-api-key'],
  not_found: [404, 'not_found_error', 'model: claude-none'],
  rate_limited: [429, 'rate_limit_error', 'This request would exceed your rate limit.'],
  quota: [400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'],
  server_error: [500, 'api_error', 'Internal server error'],
  overloaded: [529, 'overloaded_error', 'Overloaded'],
};

function blocksOf({ thought, text, uses }: Said): JsonObject[] {
  const blocks: JsonObject[] = [];
  if (thought !== undefined) blocks.push({ type: 'thinking', thinking: thought, signature: 'EqQBCgIYAhIM' });
  if (text !== '') blocks.push({ type: 'text', text });
  uses.forEach(({ id, name, args }) => blocks.push({ type: 'tool_use', id, name, input: args }));
  return blocks;
}

function usageOf({ tokens: { input, cached, output, reasoning } }: Said) {
  const cache = { cache_creation_input_tokens: 0, cache_read_input_tokens: cached };
  const output_tokens_details = { thinking_tokens: reasoning };
  return { input_tokens: input - cached, ...cache, output_tokens: output, output_tokens_details };
}

function head({ body }: Call) {
  return { id: 'msg_1', type: 'message', role: 'assistant', model: body['model'], stop_sequence: null };
}

function named(type: string, fields: object) {
  return { event: type, data: { type, ...fields } };
}

function eventsOf(said: Said, call: Call) {
  const usage = { ...usageOf(said), output_tokens: 1 };
  const events = [named('message_start', { message: { ...head(call), content: [], stop_reason: null, usage } })];
  for (const [index, block] of blocksOf(said).entries()) {
    const delta = (fields: object) => events.push(named('content_block_delta', { index, delta: fields }));
    const start = (empty: object) =>
      events.push(named('content_block_start', { index, content_block: { ...block, ...empty } }));
    if (block['type'] === 'thinking') {
      start({ thinking: '', signature: '' });
      for (const thinking of piecesOf(said.thought!)) delta({ type: 'thinking_delta', thinking });
      delta({ type: 'signature_delta', signature: block['signature'] });
    } else if (block['type'] === 'text') {
      start({ text: '' });
      for (const text of piecesOf(said.text)) delta({ type: 'text_delta', text });
    } else {
      start({ input: {} });
      for (const partial_json of piecesOf(JSON.stringify(block['input'])))
        delta({ type: 'input_json_delta', partial_json });
    }
    events.push(named('content_block_stop', { index }));
  }
  return events;
}

function endOf(said: Said) {
  const delta = { stop_reason: ENDS[said.end], stop_sequence: null };
  return [named('message_delta', { delta, usage: usageOf(said) }), named('message_stop', {})];
}

function pictureIn(block: JsonObject): Picture[] {
  const source = objectAt(block, 'source');
  if (!source) return [];
  if (source['type'] === 'url') return [{ mediaType: 'image/*', url: String(source['url']) }];
  return [{ mediaType: String(source['media_type']), data: String(source['data']) }];
}

function turnsIn({ role, content }: JsonObject): Turn[] {
  const text = textIn(content);
  const words = text === '' ? {} : { text };
  const blocks = objectsIn(content);
  if (role === 'assistant') {
    const uses = blocks
      .filter(({ type }) => type === 'tool_use')
      .map(({ id, name, input }) => ({ id, name, args: isObject(input) ? input : {} }) as ToolUse);
    return [{ role, ...words, ...(uses.length > 0 && { uses }) }];
  }
  const outcomes = blocks
    .filter(({ type }) => type === 'tool_result')
    .map((block) => {
      const [picture] = objectsIn(block['content']).flatMap(pictureIn);
      const failed = block['is_error'] === true && { failed: true as const };
      return {
        id: String(block['tool_use_id']),
        text: textIn(block['content']),
        ...failed,
        ...(picture && { picture }),
      };
    });
  const pictures = blocks.flatMap(pictureIn);
  const result: Turn[] = outcomes.length > 0 ? [{ role: 'tool', outcomes }] : [];
  if (text === '' && pictures.length === 0) return result;
  return [...result, { role: 'user', ...words, ...(pictures.length > 0 && { pictures }) }];
}
