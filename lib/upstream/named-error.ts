import { parseJson } from '../kit/json.js';
import type { EventReading, StreamReader } from './dialects/readings.js';
import { errorInside } from './errors/classify-error.js';
import type { SseEvent } from './sse.js';

/** Reads one event. An event that is called `error` is one, whatever its data: prose, or JSON without an envelope. */
export function readingOf(reader: StreamReader, { event, data }: SseEvent): EventReading {
  const reading = reader.read(data);
  if (event !== 'error' || reading.kind === 'error') return reading;
  return { kind: 'error', ...errorInside(parseJson(data) ?? data) };
}
