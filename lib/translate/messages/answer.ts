import { objectAt, parseJson, isObject, stringAt, type JsonObject } from '../../kit/json.js';
import type { AnswerContext } from '../answer-context.js';
import { objectsIn } from '../chat/answer.js';
import { endFrom, messagesEnd } from '../endings.js';
import type { AnswerPart, AnswerReasoning, AnswerSource, ModelAnswer, VendorFields } from '../model.js';
import { sealed } from '../sealed.js';
import { messagesUsage, writeMessagesUsage } from '../usage.js';
import { vendorField } from '../vendor-fields.js';

export function readMessagesAnswer(json: JsonObject): ModelAnswer {
  const blocks = objectsIn(json['content']);
  const content = blocks.flatMap(partsIn);
  const stopSequence = stringAt(json, 'stop_sequence');
  const model = stringAt(json, 'model');
  const id = stringAt(json, 'id');
  return {
    content,
    finishReason: endFrom(
      stringAt(json, 'stop_reason'),
      content.some(({ type }) => type === 'tool-call'),
    ),
    usage: messagesUsage(objectAt(json, 'usage')),
    response: { ...(id !== undefined && { id }), ...(model !== undefined && { modelId: model }) },
    ...(stopSequence !== undefined && { providerMetadata: { anthropic: { stopSequence } } }),
    warnings: [],
  };
}

function partsIn(block: JsonObject): AnswerPart[] {
  switch (block['type']) {
    case 'text': {
      const text = stringAt(block, 'text') ?? '';
      return [{ type: 'text', text }, ...objectsIn(block['citations']).flatMap(citedIn)];
    }
    case 'thinking': {
      const signature = stringAt(block, 'signature');
      const own: { providerMetadata?: VendorFields } = signature
        ? { providerMetadata: { anthropic: { signature } } }
        : {};
      return [{ type: 'reasoning', text: stringAt(block, 'thinking') ?? '', ...own }];
    }
    case 'redacted_thinking':
      return [
        {
          type: 'reasoning',
          text: '',
          providerMetadata: { anthropic: { redactedData: stringAt(block, 'data') ?? '' } },
        },
      ];
    case 'tool_use': {
      const input = JSON.stringify(objectAt(block, 'input') ?? {});
      return [
        { type: 'tool-call', toolCallId: stringAt(block, 'id') ?? '', toolName: stringAt(block, 'name') ?? '', input },
      ];
    }
    default:
      return [];
  }
}

export function citedIn(citation: JsonObject, index: number): AnswerSource[] {
  const url = stringAt(citation, 'url');
  if (url === undefined) return [];
  const title = stringAt(citation, 'title');
  return [{ type: 'source', sourceType: 'url', id: String(index), url, ...(title !== undefined && { title }) }];
}

export function writeMessagesAnswer(answer: ModelAnswer, { id, model }: AnswerContext): JsonObject {
  const { content, finishReason, usage } = answer;
  const blocks: JsonObject[] = [];
  for (const part of content) {
    if (part.type === 'source') cite(blocks, part);
    else blocks.push(...blockOf(part));
  }
  const stopSequence = vendorField(answer.providerMetadata, 'anthropic', 'stopSequence');
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: blocks,
    stop_reason: messagesEnd(finishReason),
    stop_sequence: stopSequence ?? null,
    usage: writeMessagesUsage(usage),
  };
}

/** A source belongs to the text before it. */
function cite(blocks: JsonObject[], source: AnswerSource): void {
  const at = blocks.findLastIndex((block) => block['type'] === 'text');
  const block = blocks[at];
  if (block) blocks[at] = { ...block, citations: [...objectsIn(block['citations']), ...citationOf(source)] };
}

export function citationOf(source: AnswerSource): JsonObject[] {
  if (source.sourceType !== 'url') return [];
  const { url, title = null } = source;
  return [{ type: 'web_search_result_location', url, title, cited_text: '', encrypted_index: '' }];
}

function blockOf(part: AnswerPart): JsonObject[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ type: 'text', text: part.text, citations: null }];
    case 'reasoning': {
      const redacted = vendorField(part.providerMetadata, 'anthropic', 'redactedData');
      if (redacted !== undefined) return [{ type: 'redacted_thinking', data: redacted }];
      return [{ type: 'thinking', thinking: part.text, signature: signatureOf(part) }];
    }
    case 'tool-call':
      if (part.providerExecuted === true) return [];
      return [{ type: 'tool_use', id: part.toolCallId, name: part.toolName, input: objectIn(part.input) }];
    default:
      return [];
  }
}

/** Anthropic's own signature as it is; what other vendors need to read their thoughts again, packed. */
export function signatureOf({ providerMetadata }: Pick<AnswerReasoning, 'providerMetadata'>): string {
  const own = vendorField(providerMetadata, 'anthropic', 'signature');
  return typeof own === 'string' ? own : sealed(providerMetadata);
}

function objectIn(input: string): JsonObject {
  const json = parseJson(input);
  if (isObject(json)) return json;
  return input === '' ? {} : { input };
}
