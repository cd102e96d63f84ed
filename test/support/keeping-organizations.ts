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
  /** Whether the model thinks before it answers. */
  thinks = true;
  #made = 0;

  readonly behaviour: Behaviour = (request, response) => {
    const org = String(request.headers['x-environment']);
    const unknown = unknownIn(request, org);
    if (unknown !== undefined) {
      this.refused++;
      const message = `Item with id '${unknown}' not found.`;
      return json(response, 404, { error: { message, type: 'invalid_request_error', param: 'input', code: null } });
    }
    const whole = responseOf(org, ++this.#made, request, this.thinks);
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

function responseOf(org: string, n: number, { body }: SeenRequest, thinks: boolean) {
  const thoughts = { id: `rs_${org}_${n}`, type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] };
  const text = { type: 'output_text', text: `from ${org}`, annotations: [], logprobs: [] };
  return {
    id: `resp_${org}_${n}`,
    object: 'response',
    created_at: 1_764_000_000,
    status: 'completed',
    model: body['model'],
    output: [
      ...(thinks ? [thoughts] : []),
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
  return [
    { type: 'response.created', response: { ...whole, status: 'in_progress', output: [] } },
    ...whole.output.flatMap((item, output_index) => {
      const at = { item_id: item.id, output_index };
      const begun = { ...item, ...('content' in item ? { content: [] } : { summary: [] }) };
      return [
        { type: 'response.output_item.added', output_index, item: begun },
        ...('content' in item ? wordsOf(item.content, at) : thoughtsOf(item.summary, at)),
        { type: 'response.output_item.done', output_index, item },
      ];
    }),
    { type: 'response.completed', response: whole },
  ];
}

type Part = JsonObject & { readonly text: string };

function thoughtsOf([part]: readonly Part[], place: object) {
  const at = { ...place, summary_index: 0 };
  return [
    { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } },
    { type: 'response.reasoning_summary_text.delta', ...at, delta: part!.text },
    { type: 'response.reasoning_summary_text.done', ...at, text: part!.text },
    { type: 'response.reasoning_summary_part.done', ...at, part },
  ];
}

function wordsOf([part]: readonly Part[], place: object) {
  const at = { ...place, content_index: 0 };
  return [
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    { type: 'response.output_text.delta', ...at, delta: part!.text, logprobs: [] },
    { type: 'response.output_text.done', ...at, text: part!.text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part },
  ];
}
