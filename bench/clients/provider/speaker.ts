import type { JsonObject } from '../../../lib/kit/json.js';
import type { Asked, Turn } from './turn.js';

/** An event of a stream. `[DONE]` is a text, everything else is JSON. */
export interface Event {
  readonly event?: string;
  readonly data: object | '[DONE]';
}

/** How a wire format reads a request and writes a turn. */
export interface Speaker {
  asked(body: JsonObject): Asked;
  whole(turn: Turn, body: JsonObject): object;
  events(turn: Turn, body: JsonObject): Iterable<Event>;
  error(message: string, type: string): object;
}
