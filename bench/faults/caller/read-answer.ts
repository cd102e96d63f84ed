import type { Reading, Usage } from './received.js';

interface Body {
  readonly error?: { readonly code?: unknown; readonly message?: unknown } | null;
  readonly model?: string;
  readonly usage?: Usage | null;
  readonly choices?: readonly Choice[];
}

interface Choice {
  readonly index: number;
  readonly message?: { readonly content?: string | null };
  readonly delta?: { readonly content?: string | null };
  readonly finish_reason?: string | null;
}

/** Reads what came with an error status, or as a whole JSON answer. */
export function readJson(status: number, bytes: Buffer): Reading {
  const body = parse(bytes.toString('utf8'));
  if (!body) return { kind: 'unreadable', why: `status ${status} with a body that is not a JSON object` };
  if (status !== 200) return { kind: 'error', status, code: codeOf(body) };
  const choice = body.choices?.[0];
  if (!choice) return { kind: 'unreadable', why: 'status 200 without a choice' };
  const text = choice.message?.content ?? '';
  if (choice.finish_reason !== 'stop') return { kind: 'truncated', text };
  return { kind: 'answer', text, model: body.model, usage: body.usage ?? undefined };
}

/**
 * Reads an event stream as strictly as the SDKs do: an event that is not JSON would make them throw, and so would
 * anything behind an error.
 */
export function readStream(bytes: Buffer): Reading {
  const events = bytes.toString('utf8').split('\n\n');
  const rest = events.pop() ?? '';
  let text = '';
  let model: string | undefined;
  let usage: Usage | undefined;
  let done = false;
  const finished = new Map<number, boolean>();
  for (const [n, event] of events.entries()) {
    const data = dataOf(event);
    if (data === undefined) continue;
    if (done) return { kind: 'unreadable', why: 'an event behind [DONE]' };
    if (data === '[DONE]') {
      done = true;
      continue;
    }
    const body = parse(data);
    if (!body) return { kind: 'unreadable', why: 'an event that is not a JSON object' };
    if (body.error) {
      return n === events.length - 1 && rest === ''
        ? { kind: 'error event', code: codeOf(body), text }
        : { kind: 'unreadable', why: 'something behind an error event' };
    }
    model ??= body.model;
    usage = body.usage ?? usage;
    for (const { index, delta, finish_reason } of body.choices ?? []) {
      text += delta?.content ?? '';
      finished.set(index, finished.get(index) === true || typeof finish_reason === 'string');
    }
  }
  if (rest !== '') return { kind: 'truncated', text };
  const whole = done || (finished.size > 0 && [...finished.values()].every(Boolean));
  return whole ? { kind: 'answer', text, model, usage } : { kind: 'truncated', text };
}

/** The data of an event, its lines joined; `undefined` for a comment. */
function dataOf(event: string): string | undefined {
  const lines = event.split('\n').filter((line) => line.startsWith('data:'));
  if (lines.length === 0) return undefined;
  return lines.map((line) => line.slice('data:'.length).replace(/^ /, '')).join('\n');
}

/** A typed error has both. */
function codeOf({ error }: Body): string {
  return typeof error?.code === 'string' && typeof error.message === 'string' ? error.code : '';
}

function parse(text: string): Body | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
