import { isDeepStrictEqual } from 'node:util';
import type { Caller } from './callers/caller.js';
import type { Ask, Exercise, Got, Said, Turn } from './exercise.js';
import type { Heard } from './vendor.js';
import type { Wire } from './wires/wire.js';

/** Differences between the question and the request that the vendor got; empty when nothing was lost on the way. */
export function lostOnTheWay({ ask: heard, wire, complaint }: Heard, asked: Ask): readonly string[] {
  if (complaint !== undefined) return [`the vendor refuses it: ${complaint}`];
  const expected = wire.expected?.(asked) ?? asked;
  return [...new Set([...Object.keys(expected), ...Object.keys(heard)])].flatMap((field) => {
    const [sent, came] = [expected, heard].map((side) => side[field as keyof Ask]);
    // Every request has a limit at Anthropic, and what is the default anyway may be said.
    if (sent === undefined && (field === 'maxTokens' || came === 'auto' || came === true)) return [];
    if (field === 'turns') return difference(field, joined(expected.turns), joined(heard.turns));
    return difference(field, sent, came);
  });
}

/** Differences between the vendor's answer and the SDK's result. */
export function lostOnTheWayBack(said: Said, got: Got, wire: Wire, caller: Caller): readonly string[] {
  const hidden = new Set<string>([...wire.untold, ...caller.hides]);
  const tokens = Object.entries(said.tokens).flatMap(([kind, count]) => {
    const came = got.tokens[kind as keyof Got['tokens']];
    return hidden.has(kind) ? [] : difference(kind, count, came);
  });
  const thought = hidden.has('thought') ? [] : difference('thought', said.thought, got.thought);
  return [
    ...thought,
    ...difference('text', said.text, got.text),
    ...difference('uses', said.uses.map(nameAndArgs), got.uses.map(nameAndArgs)),
    ...difference('end', said.end, got.end),
    ...tokens,
  ];
}

/** The status that a caller sees for each class of failures, as `docs/sending.md` has them. */
export const STATUSES: Readonly<Record<string, number>> = {
  rejected: 400,
  context_length: 400,
  content_filter: 400,
  auth: 502,
  not_found: 502,
  rate_limited: 429,
  quota: 502,
  server_error: 502,
  truncated: 502,
};

function nameAndArgs({ id, name, args }: Exercise['said']['uses'][number]) {
  return { id, name, args };
}

function difference(field: string, sent: unknown, came: unknown): readonly string[] {
  return isDeepStrictEqual(plain(sent), plain(came)) ? [] : [`${field}: ${short(sent)} became ${short(came)}`];
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

/** Neighbors of one role are one turn: formats cut conversations differently. */
function joined(turns: readonly Turn[]): readonly Turn[] {
  const all: Turn[] = [];
  for (const turn of turns) {
    const last = all.at(-1);
    if (last?.role !== turn.role) all.push(turn);
    else all[all.length - 1] = both(last, turn);
  }
  return all;
}

function both(one: Turn, other: Turn): Turn {
  const text = (one.text ?? '') + (other.text ?? '');
  const [pictures, uses, outcomes] = (['pictures', 'uses', 'outcomes'] as const).map((field) => [
    ...(one[field] ?? []),
    ...(other[field] ?? []),
  ]);
  return {
    role: one.role,
    ...(text !== '' && { text }),
    ...(pictures!.length > 0 && { pictures: pictures as never }),
    ...(uses!.length > 0 && { uses: uses as never }),
    ...(outcomes!.length > 0 && { outcomes: outcomes as never }),
  };
}
