import { stringAt, type JsonObject } from '../../../lib/kit/json.js';
import { objectsIn } from '../../../lib/upstream/dialects/request-parts.js';
import type { Ask, Fault, Said, Turn } from '../exercise.js';

/** An answer as bytes of HTTP, or as an answer that breaks off after them. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: readonly (string | Uint8Array)[];
}

/** A request as a vendor sees it. */
export interface Call {
  readonly path: string;
  readonly body: JsonObject;
}

/** A vendor's own API, as its documentation has it. */
export interface Wire {
  /** Whether a call is to this API. */
  serves(path: string): boolean;
  isStream(call: Call): boolean;
  /** The part of a request that the vendor would refuse; `undefined` when it takes it. */
  complaint(call: Call): string | undefined;
  heard(call: Call): Ask;
  whole(said: Said, call: Call): Reply;
  stream(said: Said, call: Call): Reply;
  fails(fault: Fault): Reply;
  /** The parts of a stream that fails after its first words, or has no end. */
  breaks(said: Said, call: Call, fault: Fault): Reply;
  /** The request as it may arrive, where this API has no place for a part of it that callers can do without. */
  expected?(ask: Ask): Ask;
  /** Token counts that this API lacks, or has in no place of their own. */
  readonly untold: readonly ('cached' | 'reasoning' | 'thought')[];
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: [JSON.stringify(body)] };
}

export function sse(events: readonly { readonly event?: string; readonly data: unknown }[]): Reply {
  const body = events.map(({ event, data }) => {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`;
  });
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body };
}

/** The text of a content that is written as one string, or as a list of parts. */
export function textIn(content: unknown): string {
  return typeof content === 'string'
    ? content
    : objectsIn(content)
        .map((part) => stringAt(part, 'text') ?? '')
        .join('');
}

/** A text in pieces, as tokens come. */
export function piecesOf(text: string): readonly string[] {
  return text.match(/[\s\S]{1,5}/gu) ?? [];
}

/** The first field that the API has no place for. */
export function unknownField(body: JsonObject, known: readonly string[]): string | undefined {
  const field = Object.keys(body).find((name) => !known.includes(name));
  return field === undefined ? undefined : `unknown field "${field}"`;
}

/** An object without the fields that are `undefined`. */
export function told<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

export function without<T extends object, K extends keyof T>(fields: T, ...names: readonly K[]): Omit<T, K> {
  const kept = Object.entries(fields).filter(([name]) => !names.some((gone) => gone === name));
  return Object.fromEntries(kept) as Omit<T, K>;
}

/** Turns where only the words of a result say that a tool failed. */
export function unmarked(turns: readonly Turn[]): readonly Turn[] {
  return turns.map((turn) =>
    turn.outcomes ? { ...turn, outcomes: turn.outcomes.map((outcome) => without(outcome, 'failed')) } : turn,
  );
}
