import { objectAt, stringAt, type JsonObject } from '../../kit/json.js';
import type { ModelChunk } from '../model.js';
import { sourceIn } from '../chat/answer.js';
import { errorIn, jsonOf, type ChunkReader, type WireEvent } from '../stream.js';
import { responsesUsage } from '../usage.js';
import { endOfResponse, reasoningFields } from './answer.js';

export class ResponseChunkReader implements ChunkReader {
  #calls = 0;
  #isDone = false;
  /** Ids of calls and whether their arguments came in pieces, by the number of their item. */
  readonly #open = new Map<unknown, { readonly id: string; hasPieces: boolean }>();

  read(event: WireEvent): readonly ModelChunk[] {
    const json = jsonOf(event.data);
    const type = json && stringAt(json, 'type');
    if (type === 'response.failed') return [{ type: 'error', error: objectAt(json!, 'response') ?? json }];
    const error = errorIn(event, json);
    if (error) return [error];
    if (!json) return [];
    const index = json['output_index'];
    switch (type) {
      case 'response.created': {
        const response = objectAt(json, 'response') ?? {};
        const [id, model] = [stringAt(response, 'id'), stringAt(response, 'model')];
        return [{ type: 'response-metadata', ...(id !== undefined && { id }), ...(model && { modelId: model }) }];
      }
      case 'response.output_item.added':
        return this.#added(index, objectAt(json, 'item') ?? {});
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return [{ type: 'text-delta', id: String(index), delta: stringAt(json, 'delta') ?? '' }];
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return [{ type: 'reasoning-delta', id: String(index), delta: stringAt(json, 'delta') ?? '' }];
      case 'response.reasoning_summary_part.added':
        return json['summary_index'] === 0 ? [] : [{ type: 'reasoning-delta', id: String(index), delta: '\n\n' }];
      case 'response.output_text.annotation.added':
        return sourceIn(objectAt(json, 'annotation') ?? {}, Number(json['annotation_index'] ?? 0));
      case 'response.function_call_arguments.delta': {
        const call = this.#open.get(index);
        if (!call) return [];
        call.hasPieces = true;
        return [{ type: 'tool-input-delta', id: call.id, delta: stringAt(json, 'delta') ?? '' }];
      }
      case 'response.output_item.done':
        return this.#done(index, objectAt(json, 'item') ?? {});
      case 'response.completed':
      case 'response.incomplete':
        return this.#finish(objectAt(json, 'response') ?? {});
      default:
        return [];
    }
  }

  end(): readonly ModelChunk[] {
    return [];
  }

  #added(index: unknown, item: JsonObject): readonly ModelChunk[] {
    switch (item['type']) {
      case 'message':
        return [{ type: 'text-start', id: String(index) }];
      case 'reasoning':
        return [{ type: 'reasoning-start', id: String(index), providerMetadata: reasoningFields(item) }];
      case 'function_call': {
        const [id, toolName] = [stringAt(item, 'call_id') ?? '', stringAt(item, 'name') ?? ''];
        this.#calls++;
        this.#open.set(index, { id, hasPieces: false });
        return [{ type: 'tool-input-start', id, toolName }];
      }
      default:
        return [];
    }
  }

  #done(index: unknown, item: JsonObject): readonly ModelChunk[] {
    switch (item['type']) {
      case 'message':
        return [{ type: 'text-end', id: String(index) }];
      case 'reasoning':
        return [{ type: 'reasoning-end', id: String(index), providerMetadata: reasoningFields(item) }];
      case 'function_call': {
        const call = this.#open.get(index);
        const [id, toolName] = [stringAt(item, 'call_id') ?? '', stringAt(item, 'name') ?? ''];
        const input = stringAt(item, 'arguments') ?? '';
        const whole: ModelChunk[] =
          call?.hasPieces === false && input !== '' ? [{ type: 'tool-input-delta', id, delta: input }] : [];
        return [...whole, { type: 'tool-input-end', id }, { type: 'tool-call', toolCallId: id, toolName, input }];
      }
      default:
        return [];
    }
  }

  #finish(response: JsonObject): readonly ModelChunk[] {
    if (this.#isDone) return [];
    this.#isDone = true;
    const finishReason = endOfResponse(response, this.#calls > 0);
    return [{ type: 'finish', finishReason, usage: responsesUsage(objectAt(response, 'usage')) }];
  }
}
