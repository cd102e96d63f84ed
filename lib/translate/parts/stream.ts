import { objectAt, type JsonObject } from '../../kit/json.js';
import type { EndReason, ModelAnswer, ModelChunk } from '../model.js';
import { jsonOf, type ChunkReader, type ChunkWriter, type WireEvent } from '../stream.js';

/** The parts of an answer, one an event. */
export class PartsChunkReader implements ChunkReader {
  #calls = false;

  read({ data }: WireEvent): readonly ModelChunk[] {
    const json = jsonOf(data);
    if (!json) return [];
    const chunk = json as unknown as ModelChunk;
    if (isCall(chunk)) this.#calls = true;
    if (wasCut(json)) return [];
    return [chunk.type === 'finish' ? { ...chunk, finishReason: endOf(chunk.finishReason, this.#calls) } : chunk];
  }

  end(): readonly ModelChunk[] {
    return [];
  }
}

/** Some packages end a stream that broke off like any other, but for its reason, which nobody gave. */
export function wasCut(chunk: JsonObject): boolean {
  if (chunk['type'] !== 'finish') return false;
  const { unified, raw } = objectAt(chunk, 'finishReason') ?? {};
  return unified === 'interrupted' || (raw === undefined && (unified === 'other' || unified === 'error'));
}

export class PartsChunkWriter implements ChunkWriter {
  write(chunk: ModelChunk): readonly WireEvent[] {
    return [{ event: undefined, data: JSON.stringify(chunk) }];
  }
}

export function readPartsAnswer(json: JsonObject): ModelAnswer {
  const answer = json as unknown as ModelAnswer;
  return { ...answer, finishReason: endOf(answer.finishReason, answer.content.some(isCall)) };
}

/** Whether the caller has to run a tool: some are only reported, because the vendor ran them. */
function isCall(part: { readonly type: string; readonly providerExecuted?: boolean }): boolean {
  return part.type === 'tool-call' && part.providerExecuted !== true;
}

/** Some providers call the end of an answer that calls tools like that of any other. */
function endOf(end: EndReason, calls: boolean): EndReason {
  return calls && (end.unified === 'stop' || end.unified === 'other') ? { ...end, unified: 'tool-calls' } : end;
}

export function writePartsAnswer(answer: ModelAnswer): JsonObject {
  return answer as unknown as JsonObject;
}
