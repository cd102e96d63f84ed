import { objectAt, stringAt, type JsonObject } from '../../kit/json.js';
import { endFrom } from '../endings.js';
import type { ModelChunk, VendorFields } from '../model.js';
import { errorIn, jsonOf, type ChunkReader, type WireEvent } from '../stream.js';
import { messagesUsage } from '../usage.js';
import { citedIn } from './answer.js';

interface Block {
  readonly kind: 'text' | 'reasoning' | 'tool';
  /** Of a call: its own; of others: the block's number. */
  readonly id: string;
  readonly name: string;
  args: string;
  signature: string;
}

export class MessageChunkReader implements ChunkReader {
  readonly #blocks = new Map<unknown, Block>();
  #calls = 0;
  #end: string | undefined;
  #usage: JsonObject = {};

  read(event: WireEvent): readonly ModelChunk[] {
    const json = jsonOf(event.data);
    const error = errorIn(event, json);
    if (error) return [error];
    switch (json?.['type']) {
      case 'message_start': {
        const message = objectAt(json, 'message') ?? {};
        this.#count(message);
        const [id, model] = [stringAt(message, 'id'), stringAt(message, 'model')];
        return [{ type: 'response-metadata', ...(id !== undefined && { id }), ...(model && { modelId: model }) }];
      }
      case 'content_block_start':
        return this.#start(json['index'], objectAt(json, 'content_block') ?? {});
      case 'content_block_delta':
        return this.#delta(json['index'], objectAt(json, 'delta') ?? {});
      case 'content_block_stop':
        return this.#stop(json['index']);
      case 'message_delta':
        this.#count(json);
        this.#end = stringAt(objectAt(json, 'delta') ?? {}, 'stop_reason') ?? this.#end;
        return [];
      case 'message_stop':
        return this.#finish();
      default:
        return [];
    }
  }

  end(): readonly ModelChunk[] {
    return this.#blocks.size === 0 ? this.#finish() : [];
  }

  #start(index: unknown, block: JsonObject): readonly ModelChunk[] {
    const text = stringAt(block, 'text') ?? '';
    switch (block['type']) {
      case 'text':
        this.#open(index, 'text');
        return [start('text', index), ...(text === '' ? [] : [delta('text', index, text)])];
      case 'thinking':
        this.#open(index, 'reasoning');
        return [start('reasoning', index)];
      case 'redacted_thinking': {
        this.#open(index, 'reasoning');
        const redactedData = stringAt(block, 'data') ?? '';
        return [{ ...start('reasoning', index), providerMetadata: { anthropic: { redactedData } } }];
      }
      case 'tool_use': {
        this.#calls++;
        const [id, toolName] = [stringAt(block, 'id') ?? '', stringAt(block, 'name') ?? ''];
        this.#blocks.set(index, { kind: 'tool', id, name: toolName, args: '', signature: '' });
        const input = objectAt(block, 'input') ?? {};
        const whole = Object.keys(input).length > 0 ? JSON.stringify(input) : '';
        return [{ type: 'tool-input-start', id, toolName }, ...(whole === '' ? [] : this.#args(index, whole))];
      }
      default:
        return [];
    }
  }

  #open(index: unknown, kind: 'text' | 'reasoning'): void {
    this.#blocks.set(index, { kind, id: String(index), name: '', args: '', signature: '' });
  }

  #args(index: unknown, piece: string): readonly ModelChunk[] {
    const block = this.#blocks.get(index);
    if (!block || piece === '') return [];
    block.args += piece;
    return [{ type: 'tool-input-delta', id: block.id, delta: piece }];
  }

  #delta(index: unknown, json: JsonObject): readonly ModelChunk[] {
    const block = this.#blocks.get(index);
    switch (json['type']) {
      case 'text_delta':
        return [delta('text', index, stringAt(json, 'text') ?? '')];
      case 'thinking_delta':
        return [delta('reasoning', index, stringAt(json, 'thinking') ?? '')];
      case 'signature_delta':
        if (block) block.signature += stringAt(json, 'signature') ?? '';
        return [];
      case 'input_json_delta':
        return this.#args(index, stringAt(json, 'partial_json') ?? '');
      case 'citations_delta':
        return citedIn(objectAt(json, 'citation') ?? {}, Number(index));
      default:
        return [];
    }
  }

  #stop(index: unknown): readonly ModelChunk[] {
    const block = this.#blocks.get(index);
    this.#blocks.delete(index);
    if (!block) return [];
    const { id, name, args, signature } = block;
    switch (block.kind) {
      case 'text':
        return [{ type: 'text-end', id }];
      case 'reasoning': {
        const own: VendorFields | undefined = signature === '' ? undefined : { anthropic: { signature } };
        return [{ type: 'reasoning-end', id, ...(own && { providerMetadata: own }) }];
      }
      case 'tool':
        return [
          { type: 'tool-input-end', id },
          { type: 'tool-call', toolCallId: id, toolName: name, input: args === '' ? '{}' : args },
        ];
    }
  }

  #count(holder: JsonObject): void {
    const usage = Object.entries(objectAt(holder, 'usage') ?? {}).filter(
      ([kind, count]) => count !== null && !(count === 0 && this.#usage[kind] !== undefined),
    );
    this.#usage = { ...this.#usage, ...Object.fromEntries(usage) };
  }

  #finish(): readonly ModelChunk[] {
    if (this.#end === undefined) return [];
    const finishReason = endFrom(this.#end, this.#calls > 0);
    this.#end = undefined;
    return [{ type: 'finish', finishReason, usage: messagesUsage(this.#usage) }];
  }
}

function start(kind: 'text' | 'reasoning', index: unknown): ModelChunk & { type: 'text-start' | 'reasoning-start' } {
  return { type: `${kind}-start`, id: String(index) };
}

function delta(kind: 'text' | 'reasoning', index: unknown, piece: string): ModelChunk {
  return { type: `${kind}-delta`, id: String(index), delta: piece };
}
