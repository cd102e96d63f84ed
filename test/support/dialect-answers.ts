import type { ServerResponse } from 'node:http';
import { begin, json, type Behaviour } from './fake-provider.js';

/** What a provider counts in these answers. */
const RESPONSE_USAGE = { input_tokens: 8, input_tokens_details: { cached_tokens: 3 }, output_tokens: 2 };
const MESSAGE_USAGE = { input_tokens: 5, cache_creation_input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 1 };

/** An event with its name, as both of these formats have it. */
function named(event: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Says "Hello there" as OpenAI's responses do. */
export const answerResponse: Behaviour = ({ body }, response) => {
  const content = [{ type: 'output_text', text: 'Hello there', annotations: [] }];
  const output = [{ id: 'm1', type: 'message', role: 'assistant', status: 'completed', content }];
  const whole = { id: 'r1', object: 'response', model: body['model'], output, usage: RESPONSE_USAGE };
  if (body['stream'] !== true) return json(response, 200, { ...whole, status: 'completed' });
  begin(response);
  response.write(responseStart(String(body['model'])));
  for (const delta of ['Hello', ' there']) response.write(responseDelta(delta));
  response.end(named({ type: 'response.completed', response: { ...whole, status: 'completed' } }));
};

export function responseStart(model: string): string {
  const created = { id: 'r1', object: 'response', status: 'in_progress', model, output: [] };
  const item = { id: 'm1', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
  const part = { type: 'output_text', text: '', annotations: [] };
  return (
    named({ type: 'response.created', response: created }) +
    named({ type: 'response.output_item.added', output_index: 0, item }) +
    named({ type: 'response.content_part.added', item_id: 'm1', output_index: 0, content_index: 0, part })
  );
}

export function responseDelta(delta: string): string {
  return named({ type: 'response.output_text.delta', item_id: 'm1', output_index: 0, content_index: 0, delta });
}

/** Says "Hello there" as Anthropic's messages do. */
export const answerMessage: Behaviour = ({ body }, response) => {
  if (body['stream'] !== true) {
    const content = [{ type: 'text', text: 'Hello there' }];
    return json(response, 200, { ...message(body['model']), content, stop_reason: 'end_turn', usage: MESSAGE_USAGE });
  }
  begin(response);
  response.write(messageStart(String(body['model'])));
  for (const text of ['Hello', ' there']) response.write(messageDelta(text));
  endMessage(response);
};

export function messageStart(model: string): string {
  return (
    named({ type: 'message_start', message: { ...message(model), content: [], usage: MESSAGE_USAGE } }) +
    named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
    named({ type: 'ping' })
  );
}

export function messageDelta(text: string): string {
  return named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
}

function endMessage(response: ServerResponse): void {
  response.write(named({ type: 'content_block_stop', index: 0 }));
  response.write(named({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }));
  response.end(named({ type: 'message_stop' }));
}

function message(model: unknown) {
  return { id: 'msg_1', type: 'message', role: 'assistant', model, stop_reason: null, stop_sequence: null };
}

/** A vector, in base64 when it was asked for like that: OpenAI's SDK asks for it by itself. */
export function answerEmbedding(vector: readonly number[]): Behaviour {
  return ({ body }, response) => {
    const base64 = Buffer.from(new Float32Array(vector).buffer).toString('base64');
    const embedding = body['encoding_format'] === 'base64' ? base64 : vector;
    const data = [{ object: 'embedding', index: 0, embedding }];
    json(response, 200, { object: 'list', data, model: body['model'], usage: { prompt_tokens: 4, total_tokens: 4 } });
  };
}
