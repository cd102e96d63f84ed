import { isObject, numberAt, objectAt, parseJson, stringAt, type JsonObject } from '../../../lib/kit/json.js';
import { objectsIn } from '../../../lib/upstream/dialects/request-parts.js';
import type { Picture, Said, ToolOutcome, ToolUse, Turn } from '../exercise.js';
import { pictureAt } from './chat.js';
import { openAiFails, STREAM_ERROR } from './openai-errors.js';
import { type Call, json, piecesOf, sse, textIn, told, unknownField, unmarked, type Wire } from './wire.js';

const FIELDS = (
  'model input instructions stream stream_options max_output_tokens temperature top_p tools tool_choice ' +
  'parallel_tool_calls text reasoning user store include metadata service_tier previous_response_id truncation ' +
  'prompt_cache_key safety_identifier top_logprobs'
).split(' ');

/** OpenAI's responses. */
export const responses: Wire = {
  untold: [],
  serves: (path) => path.endsWith('/responses'),
  isStream: ({ body }) => body['stream'] === true,
  complaint: ({ body }) => unknownField(body, FIELDS),
  heard({ body }) {
    const { input } = body;
    const items = typeof input === 'string' ? [{ role: 'user', content: input }] : objectsIn(input);
    const systems = items
      .filter(({ role }) => role === 'system' || role === 'developer')
      .map(({ content }) => textIn(content));
    const system = [stringAt(body, 'instructions'), ...systems].filter((text) => text !== undefined);
    const format = objectAt(objectAt(body, 'text') ?? {}, 'format');
    const choice = body['tool_choice'];
    return told({
      system: system.length > 0 ? system.join('\n') : undefined,
      turns: items.flatMap(turnIn),
      tools:
        body['tools'] === undefined
          ? undefined
          : objectsIn(body['tools']).map((tool) => ({
              name: String(tool['name']),
              description: stringAt(tool, 'description') ?? '',
              schema: objectAt(tool, 'parameters') ?? {},
            })),
      choice: isObject(choice) ? `=${String(choice['name'])}` : (choice as string | undefined),
      parallel: body['parallel_tool_calls'] as boolean | undefined,
      schema: format && objectAt(format, 'schema'),
      json: format?.['type'] === 'json_object' ? true : undefined,
      effort: stringAt(objectAt(body, 'reasoning') ?? {}, 'effort') as 'low' | undefined,
      maxTokens: numberAt(body, 'max_output_tokens'),
      temperature: numberAt(body, 'temperature'),
      topP: numberAt(body, 'top_p'),
      user: stringAt(body, 'user'),
      logprobs: numberAt(body, 'top_logprobs') ? true : undefined,
    });
  },
  /** That a tool failed stands in its words. */
  expected: (ask) => ({ ...ask, turns: unmarked(ask.turns) }),
  whole: (said, call) => json(200, responseOf(said, call)),
  stream: (said, call) => sse([...eventsOf(said, call), ended(said, call)]),
  fails: openAiFails,
  breaks(said, call, { stage }) {
    const begun = eventsOf(said, call);
    const error = { event: 'error', data: { ...STREAM_ERROR, type: 'error' } };
    return sse(stage === 'cut' ? begun : [...begun, error]);
  },
};

function itemsOf({ thought, text, uses, end }: Said): readonly JsonObject[] {
  const items: JsonObject[] = [];
  if (thought !== undefined)
    items.push({
      id: 'rs_1',
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: thought }],
      encrypted_content: 'gAAAAB',
    });
  const content = [{ type: 'output_text', text, annotations: [], logprobs: [] }];
  const status = end === 'length' || end === 'filtered' ? 'incomplete' : 'completed';
  if (text !== '') items.push({ id: 'msg_1', type: 'message', role: 'assistant', status, content });
  uses.forEach(({ id, name, args }, n) =>
    items.push({
      id: `fc_${n}`,
      type: 'function_call',
      call_id: id,
      name,
      arguments: JSON.stringify(args),
      status: 'completed',
    }),
  );
  return items;
}

function responseOf(said: Said, call: Call) {
  const { input, cached, output, reasoning } = said.tokens;
  const reason = said.end === 'length' ? 'max_output_tokens' : said.end === 'filtered' ? 'content_filter' : undefined;
  return {
    ...head(call),
    status: reason === undefined ? 'completed' : 'incomplete',
    incomplete_details: reason === undefined ? null : { reason },
    output: itemsOf(said),
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cached },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: reasoning },
      total_tokens: input + output,
    },
  };
}

function head({ body }: Call) {
  return { id: 'resp_1', object: 'response', created_at: 1_764_000_000, model: body['model'], error: null, tools: [] };
}

function eventsOf(said: Said, call: Call) {
  let sequence_number = 0;
  const event = (type: string, fields: object) => ({
    event: type,
    data: { type, sequence_number: sequence_number++, ...fields },
  });
  const begun = { ...head(call), status: 'in_progress', output: [], usage: null };
  const events = [event('response.created', { response: begun }), event('response.in_progress', { response: begun })];
  for (const [output_index, item] of itemsOf(said).entries()) {
    const at = { output_index, item_id: item['id'] };
    const add = (type: string, fields: object) => events.push(event(type, { ...at, ...fields }));
    const [part] = objectsIn(item['content'] ?? item['summary']);
    const text = part ? String(part['text']) : '';
    switch (item['type']) {
      case 'reasoning':
        add('response.output_item.added', { item: { ...item, summary: [] } });
        add('response.reasoning_summary_part.added', { summary_index: 0, part: { ...part, text: '' } });
        for (const delta of piecesOf(text)) add('response.reasoning_summary_text.delta', { summary_index: 0, delta });
        add('response.reasoning_summary_text.done', { summary_index: 0, text });
        add('response.reasoning_summary_part.done', { summary_index: 0, part });
        break;
      case 'message':
        add('response.output_item.added', { item: { ...item, content: [], status: 'in_progress' } });
        add('response.content_part.added', { content_index: 0, part: { ...part, text: '' } });
        for (const delta of piecesOf(text))
          add('response.output_text.delta', { content_index: 0, delta, logprobs: [] });
        add('response.output_text.done', { content_index: 0, text, logprobs: [] });
        add('response.content_part.done', { content_index: 0, part });
        break;
      default:
        add('response.output_item.added', { item: { ...item, arguments: '', status: 'in_progress' } });
        for (const delta of piecesOf(String(item['arguments'])))
          add('response.function_call_arguments.delta', { delta });
        add('response.function_call_arguments.done', { name: item['name'], arguments: item['arguments'] });
    }
    add('response.output_item.done', { item });
  }
  return events;
}

function ended(said: Said, call: Call) {
  const response = responseOf(said, call);
  const type = `response.${response.status}`;
  return { event: type, data: { type, sequence_number: 1_000, response } };
}

function picturesIn(content: unknown): Picture[] {
  return objectsIn(content).flatMap((part) => {
    const url = stringAt(part, 'image_url') ?? stringAt(part, 'file_data') ?? stringAt(part, 'file_url');
    return url === undefined ? [] : [pictureAt(url)];
  });
}

function turnIn(item: JsonObject): Turn[] {
  const { role, type } = item;
  const text = textIn(item['content']);
  const words = text === '' ? {} : { text };
  if (role === 'user') {
    const pictures = picturesIn(item['content']);
    return [{ role, ...words, ...(pictures.length > 0 && { pictures }) }];
  }
  if (role === 'assistant') return [{ role, ...words }];
  if (type === 'function_call') {
    const use: ToolUse = {
      id: String(item['call_id']),
      name: String(item['name']),
      args: parseJson(String(item['arguments'])) as JsonObject,
    };
    return [{ role: 'assistant', uses: [use] }];
  }
  if (type !== 'function_call_output') return [];
  const [picture] = picturesIn(item['output']);
  const outcome: ToolOutcome = {
    id: String(item['call_id']),
    text: textIn(item['output']),
    ...(picture && { picture }),
  };
  return [{ role: 'tool', outcomes: [outcome] }];
}
