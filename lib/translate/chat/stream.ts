import { numberAt, objectAt, stringAt, type JsonObject } from '../../kit/json.js';
import type { AnswerContext } from '../answer-context.js';
import { chatEnd, endFrom } from '../endings.js';
import type { AnswerSource, EndReason, ModelChunk, TokenUsage } from '../model.js';
import {
  errorEvent,
  errorIn,
  jsonOf,
  piecesOf,
  type ChunkReader,
  type ChunkWriter,
  type WireEvent,
} from '../stream.js';
import { chatUsage, NO_USAGE, writeChatUsage } from '../usage.js';
import { argsIn, citationOf, objectsIn, reasoningIn, sourceIn, textIn } from './answer.js';

interface OpenCall {
  readonly id: string;
  readonly name: string;
  args: string;
}

export class ChatChunkReader implements ChunkReader {
  #begun = false;
  #text = false;
  #thoughts = false;
  #refused = false;
  #isDone = false;
  readonly #calls = new Map<number, OpenCall>();
  #end: string | undefined;
  #usage: TokenUsage = NO_USAGE;

  read(event: WireEvent): readonly ModelChunk[] {
    if (event.data.trim() === '[DONE]') return this.#finish();
    const json = jsonOf(event.data);
    const error = errorIn(event, json);
    if (error) return [error];
    if (!json) return [];
    const chunks = this.#begin(json);
    const usage = objectAt(json, 'usage');
    if (usage) this.#usage = chatUsage(usage);
    const choice = objectsIn(json['choices'])[0];
    if (choice) this.#choice(choice, chunks);
    return chunks;
  }

  end(): readonly ModelChunk[] {
    return this.#finish();
  }

  #begin(json: JsonObject): ModelChunk[] {
    if (this.#begun) return [];
    this.#begun = true;
    const [id, model] = [stringAt(json, 'id'), stringAt(json, 'model')];
    return [{ type: 'response-metadata', ...(id !== undefined && { id }), ...(model && { modelId: model }) }];
  }

  #choice(choice: JsonObject, chunks: ModelChunk[]): void {
    const delta = objectAt(choice, 'delta') ?? {};
    const thought = reasoningIn(delta);
    if (thought) this.#say(chunks, 'reasoning', thought);
    const refusal = stringAt(delta, 'refusal');
    if (refusal) this.#refused = true;
    const text = textIn(delta['content']) || (refusal ?? '');
    if (text) this.#say(chunks, 'text', text);
    chunks.push(...objectsIn(delta['annotations']).flatMap(sourceIn));
    for (const [place, call] of objectsIn(delta['tool_calls']).entries()) this.#call(chunks, call, place);
    this.#end = stringAt(choice, 'finish_reason') ?? this.#end;
  }

  #say(chunks: ModelChunk[], kind: 'text' | 'reasoning', delta: string): void {
    if (kind === 'text') this.#close(chunks, 'reasoning');
    if (kind === 'text' ? !this.#text : !this.#thoughts) chunks.push({ type: `${kind}-start`, id: kind });
    if (kind === 'text') this.#text = true;
    else this.#thoughts = true;
    chunks.push({ type: `${kind}-delta`, id: kind, delta });
  }

  #close(chunks: ModelChunk[], kind: 'text' | 'reasoning'): void {
    if (kind === 'text' ? !this.#text : !this.#thoughts) return;
    chunks.push({ type: `${kind}-end`, id: kind });
    if (kind === 'text') this.#text = false;
    else this.#thoughts = false;
  }

  #call(chunks: ModelChunk[], piece: JsonObject, place: number): void {
    const index = numberAt(piece, 'index') ?? place;
    const described = objectAt(piece, 'function') ?? {};
    const id = stringAt(piece, 'id');
    let call = this.#calls.get(index);
    // Some vendors give every call the same number: a new id is a new call.
    if (call && id && id !== call.id) {
      this.#closeCall(chunks, call);
      call = undefined;
    }
    if (!call) {
      this.#close(chunks, 'reasoning');
      this.#close(chunks, 'text');
      call = { id: id || `call_${index}`, name: stringAt(described, 'name') ?? '', args: '' };
      this.#calls.set(index, call);
      chunks.push({ type: 'tool-input-start', id: call.id, toolName: call.name });
    }
    const delta = argsIn(described);
    if (delta === '') return;
    call.args += delta;
    chunks.push({ type: 'tool-input-delta', id: call.id, delta });
  }

  #closeCall(chunks: ModelChunk[], { id, name, args }: OpenCall): void {
    chunks.push({ type: 'tool-input-end', id });
    chunks.push({ type: 'tool-call', toolCallId: id, toolName: name, input: args === '' ? '{}' : args });
  }

  /** The usage comes after the reason for the end, so that only the end of the stream tells that all is there. */
  #finish(): readonly ModelChunk[] {
    if (this.#isDone || this.#end === undefined) return [];
    this.#isDone = true;
    const chunks: ModelChunk[] = [];
    this.#close(chunks, 'reasoning');
    this.#close(chunks, 'text');
    for (const call of this.#calls.values()) this.#closeCall(chunks, call);
    const end = endFrom(this.#end, this.#calls.size > 0);
    const finishReason: EndReason = this.#refused ? { ...end, unified: 'content-filter' } : end;
    chunks.push({ type: 'finish', finishReason, usage: this.#usage });
    return chunks;
  }
}

export class ChatChunkWriter implements ChunkWriter {
  readonly #calls = new Map<string, number>();
  readonly #sources: AnswerSource[] = [];
  #begun = false;

  constructor(private readonly context: AnswerContext) {}

  write(chunk: ModelChunk): readonly WireEvent[] {
    switch (chunk.type) {
      case 'text-delta':
        return this.#delta({ content: chunk.delta });
      case 'reasoning-delta':
        return this.#delta({ reasoning_content: chunk.delta });
      case 'tool-input-start':
        return chunk.providerExecuted === true ? [] : this.#startCall(chunk.id, chunk.toolName);
      case 'tool-input-delta': {
        const index = this.#calls.get(chunk.id);
        if (index === undefined) return [];
        return this.#delta({ tool_calls: [{ index, function: { arguments: chunk.delta } }] });
      }
      case 'tool-call':
        if (this.#calls.has(chunk.toolCallId) || chunk.providerExecuted === true) return [];
        return piecesOf(chunk).flatMap((piece) => this.write(piece));
      case 'source':
        this.#sources.push(chunk);
        return [];
      case 'finish':
        return this.#finish(chunk);
      case 'error':
        return [errorEvent(chunk.error)];
      default:
        return [];
    }
  }

  #startCall(id: string, name: string): readonly WireEvent[] {
    const index = this.#calls.size;
    this.#calls.set(id, index);
    return this.#delta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] });
  }

  #delta(delta: JsonObject): readonly WireEvent[] {
    const first = this.#begun ? [] : [this.#chunk([this.#choice({ role: 'assistant', content: '' })])];
    this.#begun = true;
    return [...first, this.#chunk([this.#choice(delta)])];
  }

  #finish({ finishReason, usage }: ModelChunk & { type: 'finish' }): readonly WireEvent[] {
    const cited = this.#sources.flatMap(citationOf).map((url_citation) => ({ type: 'url_citation', url_citation }));
    return [
      ...(this.#begun ? [] : this.#delta({})),
      ...(cited.length > 0 ? this.#delta({ annotations: cited }) : []),
      this.#chunk([this.#choice({}, chatEnd(finishReason))]),
      this.#chunk([], { usage: writeChatUsage(usage) }),
      { event: undefined, data: '[DONE]' },
    ];
  }

  #choice(delta: JsonObject, finish_reason: string | null = null): JsonObject {
    return { index: 0, delta, logprobs: null, finish_reason };
  }

  #chunk(choices: readonly JsonObject[], more: JsonObject = {}): WireEvent {
    const { id, created, model } = this.context;
    const json = { id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created, model, choices, ...more };
    return { event: undefined, data: JSON.stringify(json) };
  }
}
