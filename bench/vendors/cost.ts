import { parseJson, type JsonObject } from '../../lib/kit/json.js';
import { Translation } from '../../lib/translate/translation.js';
import { BodyEvents } from '../../lib/upstream/body-events.js';
import { formatEvents } from '../../lib/upstream/sse.js';
import type { Said } from './exercise.js';
import { chat } from './wires/chat.js';
import { messages } from './wires/messages.js';
import { responses } from './wires/responses.js';

const WIRES = { 'openai-chat': chat, 'openai-responses': responses, 'anthropic-messages': messages } as const;
type Format = keyof typeof WIRES;

const WORDS = 'The rain in Ulm falls mainly on the minster, and nobody there has an umbrella. ';
const said: Said = {
  text: WORDS.repeat(12),
  uses: [{ id: 'call_1', name: 'weather', args: { city: 'Ulm', days: 3 } }],
  end: 'tools',
  tokens: { input: 900, cached: 0, output: 250, reasoning: 0 },
};

/** Ten turns and two tools, as callers of each format say them. */
const REQUESTS: Readonly<Record<Format, JsonObject>> = {
  'openai-chat': {
    model: 'm',
    messages: turns((role) => ({ role, content: WORDS.repeat(3) })),
    tools: tools().map((tool) => ({ type: 'function', function: tool })),
  },
  'openai-responses': {
    model: 'm',
    input: turns((role) => ({ role, content: WORDS.repeat(3) })),
    tools: tools().map((tool) => ({ type: 'function', ...tool })),
  },
  'anthropic-messages': {
    model: 'm',
    max_tokens: 1_000,
    messages: turns((role) => ({ role, content: [{ type: 'text', text: WORDS.repeat(3) }] })),
    tools: tools().map(({ parameters, ...tool }) => ({ ...tool, input_schema: parameters })),
  },
};

function turns(turn: (role: 'user' | 'assistant') => JsonObject): JsonObject[] {
  return Array.from({ length: 11 }, (_, n) => turn(n % 2 === 0 ? 'user' : 'assistant'));
}

function tools() {
  const parameters = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } };
  return ['weather', 'forecast'].map((name) => ({ name, description: WORDS, parameters }));
}

/** The added cost of a translation. */
export interface Cost {
  readonly from: Format;
  readonly to: Format;
  /** Microseconds of a whole call, p50. */
  readonly call: number;
  /** Microseconds of a chunk, p50. */
  readonly chunk: number;
}

/**
 * The cost that each translation adds to reading and writing the same bytes. @param rounds of which the median counts.
 */
export function costs(rounds = 400): readonly Cost[] {
  const formats = Object.keys(WIRES) as Format[];
  return formats.flatMap((from) =>
    formats
      .filter((to) => to !== from)
      .map((to) => ({ from, to, call: callCost(from, to, rounds), chunk: chunkCost(from, to, rounds) })),
  );
}

function contextOf(body: JsonObject) {
  return { id: 'x', created: 1, model: 'm', body };
}

function callCost(from: Format, to: Format, rounds: number): number {
  const request = JSON.stringify(REQUESTS[from]);
  const answer = String(WIRES[to].whole(said, { path: '', body: { model: 'm' } }).body[0]);
  const translation = new Translation(from, to);
  const read = () => {
    JSON.stringify(parseJson(request));
    JSON.stringify(parseJson(answer));
  };
  const translated = () => {
    const body = parseJson(request) as JsonObject;
    JSON.stringify(translation.request(body, false).body);
    JSON.stringify(translation.answer(parseJson(answer) as JsonObject, contextOf(body)));
  };
  return added(read, translated, rounds);
}

/** Reads events and writes them, as is done with every stream. */
function pass(events: BodyEvents, chunk: Buffer): void {
  const read = events.read(chunk);
  for (const event of read) parseJson(event.data);
  Buffer.from(formatEvents(read), 'latin1');
}

function chunkCost(from: Format, to: Format, rounds: number): number {
  const body = { ...REQUESTS[from], stream: true };
  const chunks = WIRES[to].stream(said, { path: '', body: { model: 'm' } }).body.map((part) => Buffer.from(part));
  const translation = new Translation(from, to);
  const read = () => {
    const events = new BodyEvents();
    for (const chunk of chunks) pass(events, chunk);
  };
  const translated = () => {
    const [events, callers] = [new BodyEvents(), new BodyEvents()];
    const stream = translation.stream(contextOf(body));
    for (const chunk of chunks) {
      const written = events.read(chunk).flatMap((event) => stream.read(event));
      pass(callers, Buffer.from(formatEvents(written)));
    }
    pass(callers, Buffer.from(formatEvents(stream.end())));
  };
  return added(read, translated, rounds) / chunks.length;
}

/** Microseconds that the second takes longer than the first: the difference of their medians. */
function added(first: () => void, second: () => void, rounds: number): number {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [n, work] of [first, second].entries()) {
      const begun = performance.now();
      work();
      times[n]!.push((performance.now() - begun) * 1_000);
    }
  }
  const [one, other] = times.map((all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!);
  return other! - one!;
}
