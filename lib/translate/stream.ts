import { isObject, parseJson, type JsonObject } from '../kit/json.js';
import type { ModelChunk } from './model.js';

/** One server-sent event. */
export interface WireEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** Reads a stream of one wire format as the parts of an answer. */
export interface ChunkReader {
  read(event: WireEvent): readonly ModelChunk[];
  /** The body has ended. An answer that is not whole has no `finish`. */
  end(): readonly ModelChunk[];
}

/** Writes the parts of an answer as a stream of one wire format. */
export interface ChunkWriter {
  write(chunk: ModelChunk): readonly WireEvent[];
}

/** An error as it came; classes of failures are told by the words of vendors, in every format alike. */
export function errorIn(event: WireEvent, json: JsonObject | undefined): ModelChunk | undefined {
  const isError =
    event.event === 'error' || (json !== undefined && (json['type'] === 'error' || isGiven(json['error'])));
  return isError ? { type: 'error', error: json ?? event.data } : undefined;
}

function isGiven(error: unknown): boolean {
  return error !== undefined && error !== null;
}

/** An error of a stream, for whoever reads the other format: its words tell the class. */
export function errorEvent(error: unknown): WireEvent {
  return { event: 'error', data: typeof error === 'string' ? error : JSON.stringify(error) };
}

/** A tool call without pieces before it, as the pieces it would have come in. */
export function piecesOf(chunk: ModelChunk & { type: 'tool-call' }): readonly ModelChunk[] {
  const { toolCallId: id, toolName, input } = chunk;
  return [
    { type: 'tool-input-start', id, toolName },
    { type: 'tool-input-delta', id, delta: input === '' ? '{}' : input },
    { type: 'tool-input-end', id },
  ];
}

export function jsonOf(data: string): JsonObject | undefined {
  const json = parseJson(data);
  return isObject(json) ? json : undefined;
}
