import { setTimeout as pause } from 'node:timers/promises';
import type { Usage } from '../domain/usage.js';
import type { FakeClock } from './fake-clock.js';
import type { Behaviour, SeenRequest } from './behaviour.js';
import { formatAt, streamedFormatAt } from './formats/formats.js';
import { isStreamed, type Said } from './formats/said.js';
import { begin, json } from './server-sent.js';

export interface AnswerParts {
  /** The pieces of a stream; together they are the text. Default "Hello", " there". */
  readonly words?: readonly string[];
  /** The provider's token counts. Default 100 tokens in, 10 out, none cached. */
  readonly usage?: Partial<Usage>;
}

const USAGE: Usage = { inputTokens: 100, cachedInputTokens: 0, outputTokens: 10 };

/**
 * A whole answer in the format of the request, as JSON or as a stream, with the model that the request names.
 * Embeddings are always the same vector.
 *
 * @example
 * ```ts
 * upstream.always(answer('Your parcel is on its way.'));
 * upstream.next(answer({ words: ['Yes', '.'], usage: { inputTokens: 2_000, outputTokens: 2 } }));
 * ```
 */
export function answer(said: string | AnswerParts = {}): Behaviour {
  const { words = ['Hello', ' there'], usage } = typeof said === 'string' ? { words: wordsOf(said) } : said;
  return (request, response) => {
    const { path, body } = request;
    const format = formatAt(path);
    const parts: Said = { model: modelOf(request), words, usage: { ...USAGE, ...usage } };
    if (!isStreamed(format) || body['stream'] !== true) return json(response, 200, format.whole(parts, body));
    begin(response);
    response.write(format.start(parts));
    for (const word of words) response.write(format.word(parts.model, word));
    response.end(format.end(parts));
  };
}

/**
 * An error with the provider's status and code.
 *
 * @example
 * ```ts
 * upstream.next(fail(429, 'rate_limit_exceeded', { 'retry-after': '2' }));
 * upstream.always(fail(401, 'invalid_api_key'));
 * ```
 */
export function fail(status: number, code = 'server_error', headers: Record<string, string> = {}): Behaviour {
  return ({ path }, response) => json(response, status, formatAt(path).error(code, 'provider says no'), headers);
}

/** Takes the request and never answers. */
export const hang: Behaviour = () => {};

/** Closes the socket before any header. */
export const hangUp: Behaviour = (_request, response) => {
  response.destroy();
};

/**
 * Begins a stream, sends these words, and closes the socket in the middle of the answer.
 *
 * @example
 * ```ts
 * green.next(cutAfter('Your parcel', ' is'));
 * ```
 */
export function cutAfter(...words: readonly string[]): Behaviour {
  return async (request, response) => {
    const format = streamedFormatAt(request.path);
    const model = modelOf(request);
    begin(response);
    const text = format.start({ model, words, usage: USAGE }) + words.map((word) => format.word(model, word)).join('');
    await new Promise((resolve) => response.write(text, resolve));
    response.destroy();
  };
}

/**
 * Waits, then does the rest. Given the module's fake clock, it advances that clock instead: the module sees a slow
 * answer, and the test does not wait.
 *
 * @param ms milliseconds.
 *
 * @example
 * ```ts
 * green.always(delayed(4_000, answer(), clock));
 * ```
 */
export function delayed(ms: number, behaviour: Behaviour = answer(), clock?: FakeClock): Behaviour {
  return async (request, response) => {
    if (clock) clock.advance(ms);
    else await pause(ms, undefined, { ref: false });
    return behaviour(request, response);
  };
}

function modelOf({ body }: SeenRequest): string {
  return String(body['model']);
}

/** Each word with its leading space, like tokens. */
function wordsOf(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [text];
}
