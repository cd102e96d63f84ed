import { isObject, objectAt, parseJson, stringAt, type JsonObject } from '../../kit/json.js';
import { specialTools, type AnswerContext, type SpecialTool } from '../answer-context.js';
import { citationOf, objectsIn, sourceIn } from '../chat/answer.js';
import { endFrom, incompleteReason } from '../endings.js';
import type { AnswerPart, AnswerReasoning, EndReason, ModelAnswer, TokenUsage, VendorFields } from '../model.js';
import { sealed } from '../sealed.js';
import { responsesUsage, writeResponsesUsage } from '../usage.js';
import { vendorField } from '../vendor-fields.js';

export function readResponsesAnswer(json: JsonObject): ModelAnswer {
  const content = objectsIn(json['output']).flatMap(partsOfItem);
  const model = stringAt(json, 'model');
  const id = stringAt(json, 'id');
  return {
    content,
    finishReason: endOfResponse(
      json,
      content.some(({ type }) => type === 'tool-call'),
    ),
    usage: responsesUsage(objectAt(json, 'usage')),
    response: { ...(id !== undefined && { id }), ...(model !== undefined && { modelId: model }) },
    warnings: [],
  };
}

export function endOfResponse(response: JsonObject, calls: boolean): EndReason {
  const details = objectAt(response, 'incomplete_details');
  return endFrom((details && stringAt(details, 'reason')) ?? stringAt(response, 'status'), calls);
}

function partsOfItem(item: JsonObject): AnswerPart[] {
  switch (item['type']) {
    case 'message':
      return objectsIn(item['content']).flatMap((part): AnswerPart[] => [
        { type: 'text', text: stringAt(part, 'text') ?? stringAt(part, 'refusal') ?? '' },
        ...objectsIn(part['annotations']).flatMap(sourceIn),
      ]);
    case 'function_call':
      return [
        {
          type: 'tool-call',
          toolCallId: stringAt(item, 'call_id') ?? '',
          toolName: stringAt(item, 'name') ?? '',
          input: stringAt(item, 'arguments') ?? '',
        },
      ];
    case 'reasoning':
      return [{ type: 'reasoning', text: thoughtsIn(item), providerMetadata: reasoningFields(item) }];
    default:
      return [];
  }
}

function thoughtsIn(item: JsonObject): string {
  const summary = objectsIn(item['summary']);
  const parts = summary.length > 0 ? summary : objectsIn(item['content']);
  return parts.map((part) => stringAt(part, 'text') ?? '').join('\n\n');
}

/** The value that OpenAI needs to read its thoughts again. */
export function reasoningFields(item: JsonObject): VendorFields {
  const [itemId, encrypted] = [stringAt(item, 'id'), stringAt(item, 'encrypted_content')];
  return {
    openai: {
      ...(itemId !== undefined && { itemId }),
      ...(encrypted !== undefined && { reasoningEncryptedContent: encrypted }),
    },
  };
}

export function writeResponsesAnswer(answer: ModelAnswer, context: AnswerContext): JsonObject {
  const { content, finishReason, usage } = answer;
  const special = specialTools(context);
  const output: JsonObject[] = [];
  for (const part of content) {
    const id = `${context.id}_${output.length}`;
    const last = output.at(-1);
    if (part.type === 'source') {
      if (last?.['type'] === 'message') output[output.length - 1] = { ...last, content: cited(last, citationOf(part)) };
    } else {
      const item = itemOf(part, id, special);
      if (item) output.push(item);
    }
  }
  return responseOf(context, output, { finishReason, usage });
}

function cited(message: JsonObject, citations: readonly JsonObject[]): JsonObject[] {
  const annotations = citations.map((citation) => ({ type: 'url_citation', ...citation }));
  return objectsIn(message['content']).map((part) => ({
    ...part,
    annotations: [...objectsIn(part['annotations']), ...annotations],
  }));
}

/** The response around its items. @param end absent while it is not whole. */
export function responseOf(
  { id, created, model, body }: AnswerContext,
  output: readonly JsonObject[],
  end?: { readonly finishReason: EndReason; readonly usage: TokenUsage },
): JsonObject {
  const reason = end && incompleteReason(end.finishReason);
  const status = end ? (reason === undefined ? 'completed' : 'incomplete') : 'in_progress';
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: created,
    status,
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    metadata: body['metadata'] ?? {},
    model,
    output,
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: null,
    reasoning: objectAt(body, 'reasoning') ?? { effort: null, summary: null },
    store: false,
    temperature: body['temperature'] ?? null,
    text: objectAt(body, 'text') ?? { format: { type: 'text' } },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: body['tools'] ?? [],
    top_p: body['top_p'] ?? null,
    truncation: 'disabled',
    usage: end ? writeResponsesUsage(end.usage) : null,
  };
}

function itemOf(part: AnswerPart, id: string, special: ReadonlyMap<string, SpecialTool>): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return { ...messageItem(id, part.text), status: 'completed' };
    case 'reasoning':
      return reasoningItem(id, part);
    case 'tool-call':
      if (part.providerExecuted === true) return undefined;
      return callItem(
        id,
        part.toolCallId,
        part.input,
        special.get(part.toolName) ?? { name: part.toolName, isFree: false },
      );
    default:
      return undefined;
  }
}

export function messageItem(id: string, text: string): JsonObject {
  const content = [{ type: 'output_text', text, annotations: [], logprobs: [] }];
  return { id: `msg_${id}`, type: 'message', role: 'assistant', content };
}

/** A tool that takes free text is called with the text that its one argument holds. */
export function callItem(
  id: string,
  callId: string,
  input: string,
  { name, namespace, isFree }: SpecialTool,
): JsonObject {
  const within = namespace !== undefined && { namespace };
  const call = { id: `${isFree ? 'ctc' : 'fc'}_${id}`, call_id: callId, name, ...within, status: 'completed' };
  if (!isFree) return { ...call, type: 'function_call', arguments: input === '' ? '{}' : input };
  const json = parseJson(input);
  return { ...call, type: 'custom_tool_call', input: isObject(json) ? (stringAt(json, 'input') ?? '') : input };
}

/** OpenAI's own item as it was; what other vendors need to read their thoughts again, packed. */
export function reasoningItem(id: string, { text, providerMetadata }: Omit<AnswerReasoning, 'type'>): JsonObject {
  const own = vendorField(providerMetadata, 'openai', 'reasoningEncryptedContent');
  const itemId = vendorField(providerMetadata, 'openai', 'itemId');
  return {
    id: typeof itemId === 'string' ? itemId : `rs_${id}`,
    type: 'reasoning',
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    encrypted_content: typeof own === 'string' ? own : sealed(providerMetadata),
  };
}
