import { begin, json, type Behaviour, type SeenRequest } from './fake-provider.js';
import type { JsonObject } from '../../lib/kit/json.js';
import { named } from '../../lib/testing/server-sent.js';

/**
 * OpenAI's responses of two organizations at one address, told apart by the environment that asks. They keep what they
 * answer, thoughts included, so that callers need only name it; nothing of the other one's is found.
 */
export class KeepingOrganizations {
  /** Requests that name something of the other one. */
  refused = 0;
  #made = 0;

  readonly behaviour: Behaviour = (request, response) => {
    const org = String(request.headers['x-environment']);
    const unknown = unknownIn(request, org);
    if (unknown !== undefined) {
      this.refused++;
      const message = `Item with id '${unknown}' not found.`;
      return json(response, 404, { error: { message, type: 'invalid_request_error', param: 'input', code: null } });
    }
    const whole = responseOf(org, ++this.#made, request);
    if (request.body['stream'] !== true) return json(response, 200, whole);
    begin(response);
    for (const event of eventsOf(whole)) response.write(named(event));
    response.end();
  };
}

/** The id of thoughts, or of an item that is named alone, that this one has not made. */
function unknownIn({ body }: SeenRequest, org: string): string | undefined {
  const items = Array.isArray(body['input']) ? (body['input'] as readonly JsonObject[]) : [];
  const without = items.filter(({ type }) => type === 'reasoning' || type === 'item_reference');
  return without.map(({ id }) => String(id)).find((id) => !new RegExp(`^[a-z]+_${org}_\\d+$`).test(id));
}

function responseOf(org: string, n: number, { body }: SeenRequest) {
  const text = { type: 'output_text', text: `from ${org}`, annotations: [], logprobs: [] };
  return {
    id: `resp_${org}_${n}`,
    object: 'response',
    created_at: 1_764_000_000,
    status: 'completed',
    model: body['model'],
    output: [
      { id: `rs_${org}_${n}`, type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
      { id: `msg_${org}_${n}`, type: 'message', role: 'assistant', status: 'completed', content: [text] },
    ],
    usage: {
      input_tokens: 3,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 2,
      output_tokens_details: { reasoning_tokens: 1 },
      total_tokens: 5,
    },
  };
}

function eventsOf(whole: ReturnType<typeof responseOf>): ({ readonly type: string } & JsonObject)[] {
  const [thoughts, message] = whole.output;
  const thought = { item_id: thoughts!.id, output_index: 0, summary_index: 0 };
  const word = { item_id: message!.id, output_index: 1, content_index: 0 };
  const [part] = message!.content!;
  return [
    { type: 'response.created', response: { ...whole, status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { ...thoughts, summary: [] } },
    { type: 'response.reasoning_summary_part.added', ...thought, part: { type: 'summary_text', text: '' } },
    { type: 'response.reasoning_summary_text.delta', ...thought, delta: 'hm' },
    { type: 'response.reasoning_summary_text.done', ...thought, text: 'hm' },
    { type: 'response.reasoning_summary_part.done', ...thought, part: { type: 'summary_text', text: 'hm' } },
    { type: 'response.output_item.done', output_index: 0, item: thoughts },
    { type: 'response.output_item.added', output_index: 1, item: { ...message, content: [] } },
    { type: 'response.content_part.added', ...word, part: { ...part, text: '' } },
    { type: 'response.output_text.delta', ...word, delta: part!.text, logprobs: [] },
    { type: 'response.output_text.done', ...word, text: part!.text, logprobs: [] },
    { type: 'response.content_part.done', ...word, part },
    { type: 'response.output_item.done', output_index: 1, item: message },
    { type: 'response.completed', response: whole },
  ];
}
