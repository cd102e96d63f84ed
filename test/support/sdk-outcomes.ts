import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import OpenAI from 'openai';
import { isObject, objectAt, type JsonObject } from '../../lib/kit/json.js';
import type { WireDialectName } from '../../lib/upstream/dialects/dialects.js';
import type { Fixture } from '../../lib/upstream/providers/fixtures/fixture.js';

/** Where an SDK sends its requests: a provider, or the gateway in front of it. */
export interface Place {
  readonly origin: string;
  readonly apiKey: string;
  readonly model: string;
}

/** What an SDK made of a case: the answer as it gave it, or what it raised. */
export interface SdkOutcome {
  readonly answer?: unknown;
  readonly raised?: {
    readonly name: string;
    readonly status: unknown;
    readonly message: string;
    readonly code: unknown;
    readonly type: unknown;
    readonly param: unknown;
  };
  /** Whether it would have asked again. */
  readonly again: boolean;
}

type Ask = (fixture: Fixture, place: Place) => Promise<unknown>;

const messages = [{ role: 'user' as const, content: 'Hi' }];

const FORMATS: Readonly<Record<string, Ask>> = {
  'openai-chat': async ({ request }, place) => {
    const asked = { messages, ...request, model: place.model };
    return all(await openai(place).chat.completions.create(asked));
  },
  'openai-responses': async ({ request }, place) => {
    const asked = { input: 'Hi', ...request, model: place.model };
    return all(await openai(place).responses.create(asked as OpenAI.Responses.ResponseCreateParams));
  },
  'openai-embeddings': ({ request }, place) =>
    openai(place).embeddings.create({ input: 'Hi', encoding_format: 'float', ...request, model: place.model }),
  'openai-completions': async ({ request }, place) =>
    all(await openai(place).completions.create({ prompt: 'Hi', ...request, model: place.model })),
  'openai-compact': ({ request }, place) =>
    openai(place).responses.compact({ input: 'Hi', ...request, model: place.model }),
  'anthropic-messages': async ({ request }, { origin, apiKey, model }) => {
    const sdk = watched(new Anthropic({ apiKey, baseURL: origin, logLevel: 'off' }));
    return all(await sdk.messages.create({ messages, max_tokens: 9, ...request, model }));
  },
} satisfies Record<WireDialectName, Ask>;

/** Asks a case's request with the vendor's own SDK of its format. */
export async function vendorsSdk(fixture: Fixture, place: Place): Promise<SdkOutcome> {
  return outcomeOf(() => FORMATS[fixture.format]!(fixture, place));
}

/** Asks a chat with the AI SDK. */
export function aiSdk({ request }: Fixture, { origin, apiKey, model }: Place): Promise<SdkOutcome> {
  const prompt = {
    model: createOpenAICompatible({ name: 'any', apiKey, baseURL: `${origin}/v1` })(model),
    prompt: 'Hi',
    maxRetries: 0,
  };
  return outcomeOf(async () => {
    if (request['stream'] !== true) return (await generateText(prompt)).text;
    let text = '';
    for await (const part of streamText({ ...prompt, onError: () => {} }).fullStream) {
      if (part.type === 'error') throw part.error;
      if (part.type === 'text-delta') text += part.text;
    }
    return text;
  });
}

/** Asks a chat with LangChain. */
export function langChain({ request }: Fixture, { origin, apiKey, model }: Place): Promise<SdkOutcome> {
  const chat = new ChatOpenAI({
    model,
    apiKey,
    maxRetries: 0,
    configuration: { baseURL: `${origin}/v1`, logLevel: 'off' },
  });
  return outcomeOf(async () => {
    if (request['stream'] !== true) return (await chat.invoke('Hi')).text;
    let text = '';
    for await (const chunk of await chat.stream('Hi')) text += chunk.text;
    return text;
  });
}

function openai({ origin, apiKey }: Place): OpenAI {
  return watched(new OpenAI({ apiKey, baseURL: `${origin}/v1`, logLevel: 'off' }));
}

async function all(answer: unknown): Promise<unknown> {
  if (typeof answer !== 'object' || answer === null || !(Symbol.asyncIterator in answer)) return answer;
  const events: unknown[] = [];
  for await (const event of answer as AsyncIterable<unknown>) events.push(event);
  return events;
}

let wouldRetry = false;

/** Both SDKs decide in this method. It is asked, and its wish is not waited for. */
interface Retrying {
  shouldRetry(...args: readonly unknown[]): Promise<boolean>;
}

function watched<T extends object>(sdk: T): T {
  const retrying = sdk as T & Retrying;
  const own = retrying.shouldRetry.bind(sdk);
  retrying.shouldRetry = async (...args) => {
    wouldRetry = await own(...args);
    return false;
  };
  return sdk;
}

async function outcomeOf(ask: () => Promise<unknown>): Promise<SdkOutcome> {
  wouldRetry = false;
  try {
    return { answer: await ask(), again: false };
  } catch (error) {
    const isError = error instanceof Error;
    const said = isError
      ? { ...fieldsOf(error), message: error.message }
      : isObject(error)
        ? error
        : { message: String(error) };
    return { raised: plain(said, isError ? error : undefined), again: wouldRetry };
  }
}

function fieldsOf(error: Error): JsonObject {
  return Object.fromEntries(Object.entries(error));
}

function plain(fields: JsonObject, error?: Error): NonNullable<SdkOutcome['raised']> {
  // The AI SDK keeps the body that it has read.
  const body = objectAt(objectAt(fields, 'data') ?? {}, 'error');
  const { message, code, type, param, status = fields['statusCode'] } = { ...body, ...fields };
  return { name: error?.constructor.name ?? 'no error', status, message: String(message), code, type, param };
}
