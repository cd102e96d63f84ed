import { fail, type Behaviour, type SeenRequest } from './fake-provider.js';
import type { JsonObject } from '../../lib/kit/json.js';
import { event, json, named } from '../../lib/testing/server-sent.js';

/**
 * Providers of two organizations at one address, told apart by the environment that asks: what one has made, the other
 * refuses, as OpenAI and Anthropic do.
 */
export class Organizations {
  /** Refusals of what the other one has made. */
  refused = 0;
  /** Environments that fail. */
  readonly down = new Set<string>();
  #made = 0;

  readonly behaviour: Behaviour = (request, response) => {
    const org = String(request.headers['x-environment']);
    if (this.down.has(org)) return fail(500)(request, response);
    const foreign = this.#foreign(request, org);
    if (foreign !== undefined) {
      this.refused++;
      return json(response, 400, { error: { message: foreign, type: 'invalid_request_error', code: 'foreign_state' } });
    }
    const n = ++this.#made;
    const isStream = request.body['stream'] === true;
    if (request.path.endsWith('/messages')) {
      const message = messageOf(org, n, request);
      return isStream ? sse(response, messageEvents(message)) : json(response, 200, message);
    }
    if (request.path.includes('enerateContent')) {
      const content = contentOf(org, n);
      return request.path.includes(':stream') ? sse(response, [content]) : json(response, 200, content);
    }
    if (request.path.endsWith('/chat/completions')) {
      const completion = completionOf(org, n, request);
      if (!isStream) return json(response, 200, completion);
      return sse(response, [
        { ...completion, choices: completion.choices.map(({ message, ...rest }) => ({ ...rest, delta: message })) },
      ]);
    }
    const whole = responseOf(org, n, request);
    if (!isStream) return json(response, 200, whole);
    return sse(response, [
      { type: 'response.created', response: { ...whole, status: 'in_progress', output: [] } },
      ...whole.output.flatMap((item, output_index) => [
        { type: 'response.output_item.added', output_index, item },
        ...('content' in item ? textEvents(item.id, output_index, item.content[0]!.text) : []),
        { type: 'response.output_item.done', output_index, item },
      ]),
      { type: 'response.completed', response: whole },
    ]);
  };

  #foreign({ body }: SeenRequest, org: string): string | undefined {
    const text = JSON.stringify(body);
    const marks = [...text.matchAll(/"(?:resp|sealed|signed|rs|msg|fc)_([a-z]+)_\d+"/g)].map(([, maker]) => maker);
    if (text.includes('bg1.')) return 'a stamp reached the provider';
    return marks.every((maker) => maker === org) ? undefined : `not made by ${org}`;
  }
}

const isNamed = (data: JsonObject): data is JsonObject & { readonly type: string } => typeof data['type'] === 'string';

function sse(response: Parameters<Behaviour>[1], events: readonly JsonObject[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(events.map((data) => (isNamed(data) ? named(data) : event(data))).join(''));
}

/** Gemini's answer in OpenAI's format: a call of a tool, signed. */
function completionOf(org: string, n: number, { body }: SeenRequest) {
  const call = {
    index: 0,
    id: `call_${n}`,
    type: 'function',
    function: { name: 'look', arguments: '{}' },
    extra_content: { google: { thought_signature: `signed_${org}_${n}` } },
  };
  return {
    id: `chatcmpl-${n}`,
    object: body['stream'] === true ? 'chat.completion.chunk' : 'chat.completion',
    created: 1,
    model: body['model'],
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: `from ${org}`, tool_calls: [call] },
        finish_reason: 'tool_calls',
      },
    ],
  };
}

/** Gemini's answer in its own format. */
function contentOf(org: string, n: number) {
  const call = { functionCall: { name: 'look', args: {} }, thoughtSignature: `signed_${org}_${n}` };
  return {
    candidates: [{ content: { role: 'model', parts: [{ text: `from ${org}` }, call] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
  };
}

function textEvents(item_id: string, output_index: number, text: string): JsonObject[] {
  const at = { item_id, output_index, content_index: 0 };
  const part = { type: 'output_text', text: '', annotations: [] };
  return [
    { type: 'response.content_part.added', ...at, part },
    { type: 'response.output_text.delta', ...at, delta: text },
    { type: 'response.output_text.done', ...at, text },
    { type: 'response.content_part.done', ...at, part: { ...part, text } },
  ];
}

function responseOf(org: string, n: number, { body }: SeenRequest) {
  const isKept = body['store'] === true;
  return {
    id: `resp_${org}_${n}`,
    object: 'response',
    created_at: 1,
    status: 'completed',
    model: body['model'],
    previous_response_id: body['previous_response_id'] ?? null,
    output: [
      {
        id: `rs_${org}_${n}`,
        type: 'reasoning',
        summary: [],
        ...(isKept ? {} : { encrypted_content: `sealed_${org}_${n}` }),
      },
      {
        id: `msg_${org}_${n}`,
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: `from ${org}`, annotations: [] }],
      },
    ],
    usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
  };
}

function messageOf(org: string, n: number, { body }: SeenRequest) {
  return {
    id: `msg_${n}`,
    type: 'message',
    role: 'assistant',
    model: body['model'],
    content: [
      { type: 'thinking', thinking: 'hm', signature: `signed_${org}_${n}` },
      { type: 'text', text: `from ${org}` },
      { type: 'tool_use', id: `toolu_${n}`, name: 'look', input: {} },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: { input_tokens: 3, output_tokens: 2 },
  };
}

function messageEvents(message: ReturnType<typeof messageOf>): ({ readonly type: string } & JsonObject)[] {
  const [thought, said, call] = message.content;
  const signature = thought?.signature ?? '';
  return [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
    delta(0, { type: 'thinking_delta', thinking: 'hm' }),
    // In two pieces: a signature may be cut.
    delta(0, { type: 'signature_delta', signature: signature.slice(0, 5) }),
    delta(0, { type: 'signature_delta', signature: signature.slice(5) }),
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    delta(1, { type: 'text_delta', text: said?.text }),
    { type: 'content_block_stop', index: 1 },
    { type: 'content_block_start', index: 2, content_block: call },
    { type: 'content_block_stop', index: 2 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ];
}

function delta(index: number, piece: object) {
  return { type: 'content_block_delta', index, delta: piece };
}
