import type { JsonObject } from '../../kit/json.js';
import { specialTools, type AnswerContext, type SpecialTool } from '../answer-context.js';
import { citationOf } from '../chat/answer.js';
import type { ModelChunk, VendorFields } from '../model.js';
import { errorEvent, piecesOf, type ChunkWriter, type WireEvent } from '../stream.js';
import { callItem, messageItem, reasoningItem, responseOf } from './answer.js';

interface OpenItem {
  readonly kind: 'text' | 'reasoning' | 'call';
  /** Of the item, without its prefix. */
  readonly id: string;
  /** …and with it. */
  wireId: string;
  readonly index: number;
  readonly callId: string;
  readonly name: string;
  text: string;
  fields: VendorFields | undefined;
  readonly annotations: JsonObject[];
}

/** A response as the events it comes in. The items that have ended stand in the last of them once more. */
export class ResponseChunkWriter implements ChunkWriter {
  readonly #open = new Map<string, OpenItem>();
  readonly #output: JsonObject[] = [];
  readonly #special: ReadonlyMap<string, SpecialTool>;
  readonly #calls = new Set<string>();
  #items = 0;
  #sequence = 0;
  #begun = false;

  constructor(private readonly context: AnswerContext) {
    this.#special = specialTools(context);
  }

  write(chunk: ModelChunk): readonly WireEvent[] {
    switch (chunk.type) {
      case 'text-start':
        return this.#start('text', chunk.id);
      case 'reasoning-start':
        return this.#start('reasoning', chunk.id, '', chunk.providerMetadata);
      case 'tool-input-start':
        if (chunk.providerExecuted === true) return [];
        this.#calls.add(chunk.id);
        return this.#start('call', chunk.id, chunk.toolName);
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-input-delta':
        return this.#delta(chunk.id, chunk.delta, chunk.providerMetadata);
      case 'text-end':
      case 'reasoning-end':
      case 'tool-input-end':
        return this.#stop(chunk.id, chunk.providerMetadata);
      case 'tool-call':
        if (this.#calls.has(chunk.toolCallId) || chunk.providerExecuted === true) return [];
        return piecesOf(chunk).flatMap((piece) => this.write(piece));
      case 'source': {
        const item = [...this.#open.values()].findLast(({ kind }) => kind === 'text');
        item?.annotations.push(...citationOf(chunk).map((cited) => ({ type: 'url_citation', ...cited })));
        return [];
      }
      case 'finish': {
        const open = [...this.#begin(), ...[...this.#open.keys()].flatMap((id) => this.#stop(id, undefined))];
        const response = responseOf(this.context, this.#output.filter(Boolean), chunk);
        return [...open, this.#event(`response.${String(response['status'])}`, { response })];
      }
      case 'error':
        return [errorEvent(chunk.error)];
      default:
        return [];
    }
  }

  #begin(): readonly WireEvent[] {
    if (this.#begun) return [];
    this.#begun = true;
    const response = responseOf(this.context, []);
    return [this.#event('response.created', { response }), this.#event('response.in_progress', { response })];
  }

  #start(kind: OpenItem['kind'], key: string, name = '', fields?: VendorFields): readonly WireEvent[] {
    const index = this.#items++;
    const id = `${this.context.id}_${index}`;
    const item: OpenItem = { kind, id, wireId: '', index, callId: key, name, text: '', fields, annotations: [] };
    item.wireId = String(this.#item(item)['id']);
    this.#open.set(key, item);
    const events = [...this.#begin()];
    events.push(this.#event('response.output_item.added', { output_index: index, item: this.#begunItem(item) }));
    if (kind === 'text') {
      const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
      events.push(this.#event('response.content_part.added', { ...place(item), content_index: 0, part }));
    }
    if (kind === 'reasoning') {
      const part = { type: 'summary_text', text: '' };
      events.push(this.#event('response.reasoning_summary_part.added', { ...place(item), summary_index: 0, part }));
    }
    return events;
  }

  #delta(key: string, delta: string, fields: VendorFields | undefined): readonly WireEvent[] {
    const item = this.#open.get(key);
    if (!item) return [];
    item.text += delta;
    item.fields = fields ?? item.fields;
    if (delta === '') return [];
    switch (item.kind) {
      case 'text':
        return [this.#event('response.output_text.delta', { ...place(item), content_index: 0, delta, logprobs: [] })];
      case 'reasoning':
        return [this.#event('response.reasoning_summary_text.delta', { ...place(item), summary_index: 0, delta })];
      case 'call':
        // A free text goes out when it is whole: until then it is the JSON around it.
        if (this.#special.get(item.name)?.isFree === true) return [];
        return [this.#event('response.function_call_arguments.delta', { ...place(item), delta })];
    }
  }

  #stop(key: string, fields: VendorFields | undefined): readonly WireEvent[] {
    const item = this.#open.get(key);
    if (!item) return [];
    this.#open.delete(key);
    item.fields = fields ?? item.fields;
    const done = this.#item(item);
    this.#output[item.index] = done;
    return [
      ...this.#endings(item, done),
      this.#event('response.output_item.done', { output_index: item.index, item: done }),
    ];
  }

  #endings(item: OpenItem, done: JsonObject): readonly WireEvent[] {
    const { text, annotations } = item;
    switch (item.kind) {
      case 'text': {
        const part = { type: 'output_text', text, annotations, logprobs: [] };
        const at = { ...place(item), content_index: 0 };
        return [
          this.#event('response.output_text.done', { ...at, text, logprobs: [] }),
          this.#event('response.content_part.done', { ...at, part }),
        ];
      }
      case 'reasoning': {
        const at = { ...place(item), summary_index: 0 };
        return [
          this.#event('response.reasoning_summary_text.done', { ...at, text }),
          this.#event('response.reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text } }),
        ];
      }
      case 'call': {
        const at = place(item);
        if (done['type'] === 'custom_tool_call') {
          return [
            this.#event('response.custom_tool_call_input.delta', { ...at, delta: done['input'] }),
            this.#event('response.custom_tool_call_input.done', { ...at, input: done['input'] }),
          ];
        }
        return [
          this.#event('response.function_call_arguments.done', {
            ...at,
            name: item.name,
            arguments: done['arguments'],
          }),
        ];
      }
    }
  }

  #item(item: OpenItem): JsonObject {
    const { id, text, callId, name, fields, annotations } = item;
    switch (item.kind) {
      case 'text': {
        const message = messageItem(id, text);
        const content = [{ type: 'output_text', text, annotations, logprobs: [] }];
        return { ...message, content, status: 'completed' };
      }
      case 'reasoning':
        return reasoningItem(id, { text, ...(fields && { providerMetadata: fields }) });
      case 'call':
        return callItem(id, callId, text, this.#special.get(name) ?? { name, isFree: false });
    }
  }

  #begunItem(item: OpenItem): JsonObject {
    const whole = this.#item(item);
    switch (item.kind) {
      case 'text':
        return { ...whole, status: 'in_progress', content: [] };
      case 'reasoning':
        // Its vendor says only at the end how it can be read again.
        return { ...whole, summary: [], encrypted_content: item.fields ? whole['encrypted_content'] : null };
      case 'call':
        return { ...whole, status: 'in_progress', ...('arguments' in whole ? { arguments: '' } : { input: '' }) };
    }
  }

  #event(type: string, fields: JsonObject): WireEvent {
    return { event: type, data: JSON.stringify({ type, sequence_number: this.#sequence++, ...fields }) };
  }
}

function place({ index, wireId }: OpenItem): JsonObject {
  return { output_index: index, item_id: wireId };
}
