import type { JsonObject } from '../../kit/json.js';
import type { AnswerContext } from '../answer-context.js';
import { messagesEnd } from '../endings.js';
import type { ModelChunk, VendorFields } from '../model.js';
import { errorEvent, piecesOf, type ChunkWriter, type WireEvent } from '../stream.js';
import { NO_USAGE, writeMessagesUsage } from '../usage.js';
import { vendorField } from '../vendor-fields.js';
import { citationOf, signatureOf } from './answer.js';

export class MessageChunkWriter implements ChunkWriter {
  readonly #open = new Map<string, number>();
  readonly #signed = new Map<string, VendorFields>();
  readonly #calls = new Set<string>();
  #next = 0;
  #begun = false;

  constructor(private readonly context: AnswerContext) {}

  write(chunk: ModelChunk): readonly WireEvent[] {
    switch (chunk.type) {
      case 'text-start':
        return this.#start(chunk.id, { type: 'text', text: '' });
      case 'reasoning-start': {
        const data = vendorField(chunk.providerMetadata, 'anthropic', 'redactedData');
        if (chunk.providerMetadata) this.#signed.set(chunk.id, chunk.providerMetadata);
        if (data !== undefined) return this.#start(chunk.id, { type: 'redacted_thinking', data });
        return this.#start(chunk.id, { type: 'thinking', thinking: '', signature: '' });
      }
      case 'text-delta':
        return this.#delta(chunk.id, { type: 'text_delta', text: chunk.delta });
      case 'reasoning-delta':
        if (chunk.providerMetadata) this.#signed.set(chunk.id, chunk.providerMetadata);
        return chunk.delta === '' ? [] : this.#delta(chunk.id, { type: 'thinking_delta', thinking: chunk.delta });
      case 'reasoning-end': {
        const signature = signatureOf({ providerMetadata: chunk.providerMetadata ?? this.#signed.get(chunk.id) ?? {} });
        const isRedacted = vendorField(this.#signed.get(chunk.id), 'anthropic', 'redactedData') !== undefined;
        const signed = isRedacted ? [] : this.#delta(chunk.id, { type: 'signature_delta', signature });
        return [...signed, ...this.#stop(chunk.id)];
      }
      case 'text-end':
      case 'tool-input-end':
        return this.#stop(chunk.id);
      case 'tool-input-start':
        if (chunk.providerExecuted === true) return [];
        this.#calls.add(chunk.id);
        return this.#start(chunk.id, { type: 'tool_use', id: chunk.id, name: chunk.toolName, input: {} });
      case 'tool-input-delta':
        return this.#delta(chunk.id, { type: 'input_json_delta', partial_json: chunk.delta });
      case 'tool-call':
        if (this.#calls.has(chunk.toolCallId) || chunk.providerExecuted === true) return [];
        return piecesOf(chunk).flatMap((piece) => this.write(piece));
      case 'source': {
        const [citation] = citationOf(chunk);
        const id = [...this.#open.keys()].at(-1);
        return citation && id !== undefined ? this.#delta(id, { type: 'citations_delta', citation }) : [];
      }
      case 'finish':
        return this.#finish(chunk);
      case 'error':
        return [errorEvent(chunk.error)];
      default:
        return [];
    }
  }

  #start(id: string, content_block: JsonObject): readonly WireEvent[] {
    const index = this.#next++;
    this.#open.set(id, index);
    return [...this.#begin(), named('content_block_start', { index, content_block })];
  }

  #delta(id: string, piece: JsonObject): readonly WireEvent[] {
    const index = this.#open.get(id);
    return index === undefined ? [] : [named('content_block_delta', { index, delta: piece })];
  }

  #stop(id: string): readonly WireEvent[] {
    const index = this.#open.get(id);
    if (index === undefined) return [];
    this.#open.delete(id);
    return [named('content_block_stop', { index })];
  }

  /** The input is counted at the end: the first event does not have it. */
  #begin(): readonly WireEvent[] {
    if (this.#begun) return [];
    this.#begun = true;
    const { id, model } = this.context;
    const message = {
      id: `msg_${id}`,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: writeMessagesUsage(NO_USAGE),
    };
    return [named('message_start', { message })];
  }

  #finish({ finishReason, usage, providerMetadata }: ModelChunk & { type: 'finish' }): readonly WireEvent[] {
    const sequence = vendorField(providerMetadata, 'anthropic', 'stopSequence') ?? null;
    const end = { stop_reason: messagesEnd(finishReason), stop_sequence: sequence };
    return [
      ...this.#begin(),
      ...[...this.#open.keys()].flatMap((id) => this.#stop(id)),
      named('message_delta', { delta: end, usage: writeMessagesUsage(usage) }),
      named('message_stop', {}),
    ];
  }
}

function named(type: string, fields: JsonObject): WireEvent {
  return { event: type, data: JSON.stringify({ type, ...fields }) };
}
