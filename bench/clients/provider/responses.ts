import { objectAt, stringAt, type JsonObject } from '../../../lib/kit/json.js';
import { objectsIn } from '../../../lib/upstream/dialects/request-parts.js';
import type { Event, Speaker } from './speaker.js';
import { piecesOf, textIn, type Turn } from './turn.js';

const USAGE = {
  input_tokens: 11,
  input_tokens_details: { cached_tokens: 3 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 18,
};

/** OpenAI's responses. */
export const responses: Speaker = {
  asked(body) {
    const { input } = body;
    const items = typeof input === 'string' ? [{ role: 'user', content: input }] : objectsIn(input);
    const lastUser = items.findLastIndex(({ role }) => role === 'user');
    const results = items.slice(lastUser + 1).filter(({ type }) => String(type).endsWith('_output'));
    return {
      user: textIn(items[lastUser]?.['content']),
      results: results.map(({ output }) => textIn(output)),
      tools: objectsIn(body['tools'])
        .filter(({ type }) => type === 'function')
        .map((tool) => ({ name: stringAt(tool, 'name') ?? '', schema: objectAt(tool, 'parameters') ?? {} })),
      schema: objectAt(objectAt(objectAt(body, 'text') ?? {}, 'format') ?? {}, 'schema'),
    };
  },
  whole: (turn, body) => ended(turn, body),
  *events(turn, body) {
    let sequence_number = 0;
    const event = (type: string, fields: object): Event => ({
      event: type,
      data: { type, sequence_number: sequence_number++, ...fields },
    });
    const begun = { ...head(body), status: 'in_progress', output: [], usage: null };
    yield event('response.created', { response: begun });
    yield event('response.in_progress', { response: begun });
    for (const [output_index, item] of itemsOf(turn).entries()) {
      yield event('response.output_item.added', { output_index, item: { ...item, ...EMPTY[item.type] } });
      for (const [type, fields] of partsOf(item)) yield event(type, { item_id: item.id, output_index, ...fields });
      yield event('response.output_item.done', { output_index, item });
    }
    yield event('response.completed', { response: ended(turn, body) });
  },
  error: (message, type) => ({ error: { message, type, param: null, code: null } }),
};

interface Part {
  readonly type: string;
  readonly text: string;
}

interface Reasoning {
  readonly type: 'reasoning';
  readonly id: string;
  readonly summary: readonly Part[];
  readonly encrypted_content: string;
}

interface FunctionCall {
  readonly type: 'function_call';
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

interface Message {
  readonly type: 'message';
  readonly id: string;
  readonly role: 'assistant';
  readonly status: 'completed';
  readonly content: readonly Part[];
}

type Item = Reasoning | FunctionCall | Message;

const EMPTY = { reasoning: { summary: [] }, function_call: { arguments: '' }, message: { content: [] } };

function itemsOf({ thought, text, calls }: Turn): readonly Item[] {
  const items: Item[] = [];
  if (thought !== undefined) {
    const summary = [{ type: 'summary_text', text: thought }];
    items.push({ id: 'rs_bench', type: 'reasoning', summary, encrypted_content: 'gAAAAbench' });
  }
  calls.forEach(({ name, args }, n) => {
    const call = { status: 'completed', call_id: `call_${n}` };
    items.push({ id: `fc_${n}`, type: 'function_call', name, arguments: JSON.stringify(args), ...call });
  });
  if (text !== '') {
    const content = [{ type: 'output_text', text, annotations: [], logprobs: [] }];
    items.push({ id: 'msg_bench', type: 'message', role: 'assistant', status: 'completed', content });
  }
  return items;
}

function* partsOf(item: Item): Iterable<readonly [type: string, fields: object]> {
  switch (item.type) {
    case 'reasoning': {
      const [part] = item.summary;
      const place = { summary_index: 0 };
      yield ['response.reasoning_summary_part.added', { ...place, part: { ...part, text: '' } }];
      for (const delta of piecesOf(part!.text)) yield ['response.reasoning_summary_text.delta', { ...place, delta }];
      yield ['response.reasoning_summary_text.done', { ...place, text: part!.text }];
      yield ['response.reasoning_summary_part.done', { ...place, part }];
      break;
    }
    case 'function_call':
      for (const delta of piecesOf(item.arguments)) yield ['response.function_call_arguments.delta', { delta }];
      yield ['response.function_call_arguments.done', { arguments: item.arguments, name: item.name }];
      break;
    case 'message': {
      const [part] = item.content;
      const place = { content_index: 0 };
      yield ['response.content_part.added', { ...place, part: { ...part, text: '' } }];
      for (const delta of piecesOf(part!.text)) yield ['response.output_text.delta', { ...place, delta, logprobs: [] }];
      yield ['response.output_text.done', { ...place, text: part!.text, logprobs: [] }];
      yield ['response.content_part.done', { ...place, part }];
    }
  }
}

function ended(turn: Turn, body: JsonObject): object {
  return { ...head(body), status: 'completed', output: itemsOf(turn), usage: USAGE };
}

function head(body: JsonObject): object {
  const { model, tools = [], instructions = null, text = { format: { type: 'text' } } } = body;
  const settings = { error: null, incomplete_details: null, metadata: {}, parallel_tool_calls: true };
  const told = { model, tools, instructions, text, tool_choice: 'auto', temperature: 1, top_p: 1 };
  return { id: 'resp_bench', object: 'response', created_at: 1_764_000_000, ...told, ...settings };
}
