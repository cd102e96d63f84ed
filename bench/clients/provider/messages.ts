import { objectAt, stringAt, type JsonObject } from '../../../lib/kit/json.js';
import { objectsIn } from '../../../lib/upstream/dialects/request-parts.js';
import type { Event, Speaker } from './speaker.js';
import { piecesOf, textIn, type Turn } from './turn.js';

const USAGE = { input_tokens: 11, cache_creation_input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 7 };

/** Anthropic's messages. */
export const messages: Speaker = {
  asked(body) {
    const turns = objectsIn(body['messages']).filter(({ role }) => role === 'user');
    const results = objectsIn(turns.at(-1)?.['content']).filter(({ type }) => type === 'tool_result');
    const format = objectAt(objectAt(body, 'output_config') ?? body, 'format') ?? objectAt(body, 'output_format');
    return {
      user: turns.map(({ content }) => textIn(content)).findLast((text) => text !== '') ?? '',
      results: results.map(({ content }) => textIn(content)),
      tools: objectsIn(body['tools']).map((tool) => ({
        name: stringAt(tool, 'name') ?? '',
        schema: objectAt(tool, 'input_schema') ?? {},
      })),
      schema: format && objectAt(format, 'schema'),
    };
  },
  whole: (turn, body) => ({ ...head(body), content: blocksOf(turn), stop_reason: endOf(turn), usage: USAGE }),
  *events(turn, body) {
    const begun = { ...head(body), content: [], stop_reason: null, usage: { ...USAGE, output_tokens: 1 } };
    yield named('message_start', { message: begun });
    for (const [index, block] of blocksOf(turn).entries()) {
      yield named('content_block_start', { index, content_block: { ...block, ...EMPTY[block.type] } });
      if (index === 0) yield named('ping', {});
      for (const delta of deltasOf(block)) yield named('content_block_delta', { index, delta });
      yield named('content_block_stop', { index });
    }
    yield named('message_delta', { delta: { stop_reason: endOf(turn), stop_sequence: null }, usage: USAGE });
    yield named('message_stop', {});
  },
  error: (message, type) => ({ type: 'error', error: { type, message }, request_id: 'req_bench' }),
};

type Block =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: JsonObject };

const EMPTY = { thinking: { thinking: '', signature: '' }, text: { text: '' }, tool_use: { input: {} } };

function blocksOf({ thought, text, calls }: Turn): readonly Block[] {
  const blocks: Block[] = [];
  if (thought !== undefined) blocks.push({ type: 'thinking', thinking: thought, signature: 'EqQBCgIYAhIM' });
  if (text !== '') blocks.push({ type: 'text', text });
  calls.forEach(({ name, args }, n) => blocks.push({ type: 'tool_use', id: `toolu_${n}`, name, input: args }));
  return blocks;
}

function* deltasOf(block: Block): Iterable<object> {
  switch (block.type) {
    case 'thinking':
      for (const thinking of piecesOf(block.thinking)) yield { type: 'thinking_delta', thinking };
      yield { type: 'signature_delta', signature: block.signature };
      break;
    case 'text':
      for (const text of piecesOf(block.text)) yield { type: 'text_delta', text };
      break;
    case 'tool_use':
      for (const partial_json of piecesOf(JSON.stringify(block.input)))
        yield { type: 'input_json_delta', partial_json };
  }
}

function named(type: string, fields: object): Event {
  return { event: type, data: { type, ...fields } };
}

function head(body: JsonObject): object {
  return { id: 'msg_bench', type: 'message', role: 'assistant', model: body['model'], stop_sequence: null };
}

function endOf({ calls }: Turn): string {
  return calls.length > 0 ? 'tool_use' : 'end_turn';
}
