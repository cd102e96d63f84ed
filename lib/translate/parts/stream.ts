import type { JsonObject } from '../../kit/json.js';
import type { ModelAnswer, ModelChunk } from '../model.js';
import { jsonOf, type ChunkReader, type ChunkWriter, type WireEvent } from '../stream.js';

/** The parts of an answer, one an event. */
export class PartsChunkReader implements ChunkReader {
  read({ data }: WireEvent): readonly ModelChunk[] {
    const json = jsonOf(data);
    return json ? [json as unknown as ModelChunk] : [];
  }

  end(): readonly ModelChunk[] {
    return [];
  }
}

export class PartsChunkWriter implements ChunkWriter {
  write(chunk: ModelChunk): readonly WireEvent[] {
    return [{ event: undefined, data: JSON.stringify(chunk) }];
  }
}

export function readPartsAnswer(json: JsonObject): ModelAnswer {
  return json as unknown as ModelAnswer;
}

export function writePartsAnswer(answer: ModelAnswer): JsonObject {
  return answer as unknown as JsonObject;
}
