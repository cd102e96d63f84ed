import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI, { APIError } from 'openai';
import { QUESTION, type Target } from './raw-call.js';
import type { Reading, Received } from './received.js';

type Timeless = Reading & Pick<Received, 'environment'>;

/** One call through the real SDK with its default options, its own retries included. */
export async function sdkCall({ url, key, model }: Target, stream: boolean, deadline: number): Promise<Received> {
  const startedAt = performance.now();
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key });
  const hung = new AbortController();
  const reading = await Promise.race([
    stream ? streamed(client, model) : whole(client, model),
    sleep(deadline, { kind: 'hang' } as const, { signal: hung.signal }),
  ]);
  hung.abort();
  return { ...reading, took: performance.now() - startedAt };
}

async function whole(client: OpenAI, model: string): Promise<Timeless> {
  try {
    const call = client.chat.completions.create({ model, messages: QUESTION });
    const { data: answer, response } = await call.withResponse();
    const text = answer.choices[0]?.message.content ?? '';
    return { kind: 'answer', text, model: answer.model, usage: answer.usage, ...environmentOf(response) };
  } catch (error) {
    return thrown(error, undefined);
  }
}

async function streamed(client: OpenAI, model: string): Promise<Timeless> {
  let text: string | undefined;
  let answeredBy: string | undefined;
  let usage: OpenAI.CompletionUsage | undefined;
  try {
    const stream_options = { include_usage: true };
    const call = client.chat.completions.create({ model, messages: QUESTION, stream: true, stream_options });
    const { data: events, response } = await call.withResponse();
    text = '';
    for await (const event of events) {
      answeredBy ??= event.model;
      usage = event.usage ?? usage;
      text += event.choices[0]?.delta.content ?? '';
    }
    // To a user of the SDK a loop that ends is an answer that is whole.
    return { kind: 'answer', text, model: answeredBy, usage, ...environmentOf(response) };
  } catch (error) {
    return thrown(error, text);
  }
}

function environmentOf({ headers }: Response): Pick<Received, 'environment'> {
  return { environment: headers.get('x-environment') ?? undefined };
}

/** @param text what a stream had said; `undefined` when none had begun. */
function thrown(error: unknown, text: string | undefined): Reading {
  if (!(error instanceof APIError)) return { kind: 'unreadable', why: `the SDK threw ${String(error)}` };
  const code = typeof error.code === 'string' ? error.code : '';
  if (text !== undefined) return { kind: 'error event', code, text };
  const status: unknown = error.status;
  return typeof status === 'number' ? { kind: 'error', status, code } : { kind: 'broken', text: '' };
}
