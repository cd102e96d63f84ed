import { pastSpace } from '../kit/json.js';
import type { SseEvent } from '../upstream/sse.js';

/**
 * The name that answers carry in place of the model's own: callers compare it with the name they asked for. It is
 * spliced into the text, so everything else stays as the provider wrote it.
 */
export class AnswerName {
  readonly #json: string;

  /** @param holder the object of a stream's events that names the model; absent when the events name it themselves. */
  constructor(
    readonly name: string,
    private readonly holder: string | undefined,
  ) {
    this.#json = JSON.stringify(name);
  }

  /** The body of a whole answer with the name in it: a character for each byte. */
  inAnswer(bytes: string): string {
    const span = bytes.includes(KEY) ? modelIn(bytes, undefined) : undefined;
    if (!span) return bytes;
    return bytes.slice(0, span.start) + Buffer.from(this.#json).toString('latin1') + bytes.slice(span.end);
  }

  inEvent({ event, data }: SseEvent): SseEvent {
    return { event, data: renamed(data, this.holder, this.#json) };
  }
}

const KEY = '"model"';
const [QUOTE, BACKSLASH, COLON, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x22, 0x5c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d];

function renamed(json: string, holder: string | undefined, name: string): string {
  // Most events of most formats name no model.
  if (!json.includes(KEY)) return json;
  const span = modelIn(json, holder);
  return span ? json.slice(0, span.start) + name + json.slice(span.end) : json;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the model's name stands, quotes included: at the top, or in the holder at the top. */
function modelIn(json: string, holder: string | undefined): Span | undefined {
  let depth = 0;
  let inHolder = false;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case OPEN:
      case OPEN_LIST:
        depth++;
        break;
      case CLOSE:
      case CLOSE_LIST:
        depth--;
        break;
      case QUOTE: {
        const start = at;
        at = endOfString(json, start);
        if (depth !== 1 && !(depth === 2 && inHolder)) break;
        const colon = pastSpace(json, at + 1);
        if (json.charCodeAt(colon) !== COLON) break;
        const value = pastSpace(json, colon + 1);
        if (at - start === KEY.length - 1 && json.startsWith(KEY, start) && json.charCodeAt(value) === QUOTE) {
          return { start: value, end: endOfString(json, value) + 1 };
        }
        if (depth === 1) inHolder = holder !== undefined && json.slice(start + 1, at) === holder;
        break;
      }
    }
  }
  return undefined;
}

/** The closing quote of the string that opens at `start`. */
function endOfString(json: string, start: number): number {
  for (let from = start + 1; ;) {
    const end = json.indexOf('"', from);
    if (end < 0) return json.length;
    let escapes = 0;
    while (json.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
    from = end + 1;
  }
}
