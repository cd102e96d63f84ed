import { isObject, numberAt, objectAt, parseJson, stringAt, type JsonObject } from '../../../lib/kit/json.js';
import { objectsIn } from '../../../lib/upstream/dialects/request-parts.js';
import type { Picture, Said, ToolUse, Turn } from '../exercise.js';
import { openAiFails, STREAM_ERROR } from './openai-errors.js';
import { type Call, json, piecesOf, sse, textIn, told, unknownField, type Wire } from './wire.js';

const FIELDS = (
  'model messages stream stream_options max_tokens max_completion_tokens temperature top_p stop seed n logprobs ' +
  'top_logprobs presence_penalty frequency_penalty tools tool_choice parallel_tool_calls response_format ' +
  'reasoning_effort user store metadata service_tier prompt_cache_key safety_identifier verbosity'
).split(' ');

const ENDS = { stop: 'stop', length: 'length', tools: 'tool_calls', filtered: 'content_filter' } as const;

/** OpenAI's chat completions, and what others serve under that name. */
export const chat: Wire = {
  untold: [],
  serves: (path) => path.endsWith('/chat/completions'),
  isStream: ({ body }) => body['stream'] === true,
  complaint({ body }) {
    const roles = objectsIn(body['messages']).map(({ role }) => role);
    const orphan = roles.some((role, at) => role === 'tool' && !['tool', 'assistant'].includes(String(roles[at - 1])));
    const noCall = objectsIn(body['messages']).some(
      (message, at, all) =>
        message['role'] === 'tool' &&
        !JSON.stringify(all.slice(0, at)).includes(`"id":"${String(message['tool_call_id'])}"`),
    );
    return unknownField(body, FIELDS) ?? (orphan || noCall ? 'a result without its call' : undefined);
  },
  heard({ body }) {
    const messages = objectsIn(body['messages']);
    const system = messages
      .filter(({ role }) => role === 'system' || role === 'developer')
      .map(({ content }) => textIn(content));
    const format = objectAt(body, 'response_format');
    const choice = body['tool_choice'];
    const { stop } = body;
    return told({
      system: system.length > 0 ? system.join('\n') : undefined,
      turns: messages.flatMap(turnIn),
      tools:
        body['tools'] === undefined
          ? undefined
          : objectsIn(body['tools']).map((tool) => {
              const {
                name = '',
                description = '',
                parameters,
              } = (objectAt(tool, 'function') ?? {}) as Record<string, string>;
              return { name, description, schema: parameters as unknown as JsonObject };
            }),
      choice: isObject(choice) ? `=${stringAt(objectAt(choice, 'function')!, 'name')}` : (choice as string | undefined),
      parallel: body['parallel_tool_calls'] as boolean | undefined,
      schema: format && objectAt(objectAt(format, 'json_schema') ?? {}, 'schema'),
      json: format?.['type'] === 'json_object' ? true : undefined,
      effort: stringAt(body, 'reasoning_effort') as 'low' | undefined,
      maxTokens: numberAt(body, 'max_completion_tokens') ?? numberAt(body, 'max_tokens'),
      temperature: numberAt(body, 'temperature'),
      topP: numberAt(body, 'top_p'),
      topK: numberAt(body, 'top_k'),
      stop: typeof stop === 'string' ? [stop] : (stop as string[] | undefined),
      seed: numberAt(body, 'seed'),
      presence: numberAt(body, 'presence_penalty'),
      user: stringAt(body, 'user'),
      choices: numberAt(body, 'n'),
      logprobs: body['logprobs'] === true ? true : undefined,
    });
  },
  /** Results are text here: pictures follow in a turn of the user's, and that a tool failed stands in its words. */
  expected(ask) {
    const turns = ask.turns.flatMap((turn): Turn[] => {
      if (!turn.outcomes) return [turn];
      const pictures = turn.outcomes.flatMap(({ picture }) => (picture ? [picture] : []));
      const outcomes = turn.outcomes.map(({ id, text }) => ({ id, text }));
      return [{ role: 'tool', outcomes }, ...(pictures.length > 0 ? [{ role: 'user', pictures } as const] : [])];
    });
    return { ...ask, turns };
  },
  whole(said, call) {
    const message = {
      role: 'assistant',
      content: said.text === '' ? null : said.text,
      refusal: null,
      ...(said.thought !== undefined && { reasoning_content: said.thought }),
      ...(said.uses.length > 0 && { tool_calls: said.uses.map(callOf) }),
    };
    const choice = { index: 0, message, logprobs: null, finish_reason: ENDS[said.end] };
    return json(200, { ...head(call), object: 'chat.completion', choices: [choice], usage: usageOf(said) });
  },
  stream(said, call) {
    return sse([...eventsOf(said, call), ...endOf(said, call)]);
  },
  fails: openAiFails,
  breaks(said, call, { stage }) {
    const begun = eventsOf(said, call);
    return sse(stage === 'cut' ? begun : [...begun, { data: { error: STREAM_ERROR } }]);
  },
};

function chunk(call: Call, choices: readonly object[], more: object = {}) {
  return { data: { ...head(call), object: 'chat.completion.chunk', choices, ...more } };
}

function eventsOf(said: Said, call: Call) {
  const says = (delta: object) => chunk(call, [{ index: 0, delta, logprobs: null, finish_reason: null }]);
  return [
    says({ role: 'assistant', content: '' }),
    ...piecesOf(said.thought ?? '').map((reasoning_content) => says({ reasoning_content })),
    ...piecesOf(said.text).map((content) => says({ content })),
    ...said.uses
      .map(callOf)
      .flatMap(({ id, type, function: { name, arguments: args } }, index) => [
        says({ tool_calls: [{ index, id, type, function: { name, arguments: '' } }] }),
        ...piecesOf(args).map((piece) => says({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ]),
  ];
}

function endOf(said: Said, call: Call) {
  const usage = isObject(call.body['stream_options']) ? [chunk(call, [], { usage: usageOf(said) })] : [];
  return [
    chunk(call, [{ index: 0, delta: {}, logprobs: null, finish_reason: ENDS[said.end] }]),
    ...usage,
    { data: '[DONE]' },
  ];
}

function head({ body }: Call) {
  return { id: 'chatcmpl-1', created: 1_764_000_000, model: body['model'] };
}

function callOf({ id, name, args }: ToolUse) {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(args) } };
}

function usageOf({ tokens: { input, cached, output, reasoning } }: Said) {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

function turnIn(message: JsonObject): Turn[] {
  const { role, content } = message;
  const text = textIn(content);
  const words = text === '' ? {} : { text };
  if (role === 'user') {
    const pictures = objectsIn(content).flatMap(pictureIn);
    return [{ role, ...words, ...(pictures.length > 0 && { pictures }) }];
  }
  if (role === 'tool') return [{ role, outcomes: [{ id: String(message['tool_call_id']), text }] }];
  if (role !== 'assistant') return [];
  const uses = objectsIn(message['tool_calls']).map((call): ToolUse => {
    const { name, arguments: args } = (objectAt(call, 'function') ?? {}) as Record<string, string>;
    return { id: String(call['id']), name: name!, args: parseJson(args!) as JsonObject };
  });
  return [{ role, ...words, ...(uses.length > 0 && { uses }) }];
}

function pictureIn(part: JsonObject): Picture[] {
  const url = stringAt(objectAt(part, 'image_url') ?? {}, 'url') ?? stringAt(objectAt(part, 'file') ?? {}, 'file_data');
  return url === undefined ? [] : [pictureAt(url)];
}

/** A picture by a URL that may hold its bytes. */
export function pictureAt(url: string): Picture {
  const [, mediaType, data] = /^data:([^;]+);base64,(.*)$/.exec(url) ?? [];
  return data === undefined ? { mediaType: 'image/*', url } : { mediaType: mediaType!, data };
}
