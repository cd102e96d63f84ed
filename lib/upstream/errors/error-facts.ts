import { isObject, parseJson, type JsonObject } from '../../kit/json.js';

/** The facts in a provider's error, wherever they stand. */
export interface ErrorFacts {
  /** Codes, types and reasons, in lower case. */
  readonly codes: ReadonlySet<string>;
  /** Sentences, in the order in which they were found. */
  readonly texts: readonly string[];
  /** The HTTP status that the error names, which may not be that of the answer. */
  readonly status: number | undefined;
  /** Whether it is an error at all: it may be an answer that nobody can read. */
  readonly isError: boolean;
  /** A wait as the provider writes it, e.g. `34.07s`. */
  readonly delay: string | undefined;
  /** Headers of another answer, which a relay has put into its body. */
  readonly headers: JsonObject | undefined;
  /** The field that is at fault, as a path: `body.stream_options`. */
  readonly params: readonly string[];
}

/** Fields that hold more of the error. No others are looked into: they may repeat the prompt. */
const INSIDE = new Set([
  'error',
  'errors',
  'detail',
  'details',
  'metadata',
  'innererror',
  'violations',
  'response',
  'message',
  'raw',
  'promptFeedback',
]);
const CODES = new Set([
  'code',
  'type',
  'status',
  'reason',
  'error_type',
  'quotaId',
  'limit_source',
  '__type',
  'object',
]);
const TEXTS = new Set(['message', 'Message', 'msg', 'error', 'detail', 'raw', 'OriginalMessage', 'description']);
const STATUSES = new Set(['code', 'status', 'status_code', 'statusCode', 'OriginalStatusCode']);

/** How deep an error is looked into, how many of its values are read, and how much of a sentence. */
const MAX_DEPTH = 6;
const MAX_VALUES = 256;
const MAX_TEXT = 4_096;

/** @param said parsed JSON; raw text where it is none. */
export function errorFacts(said: unknown, awsType?: string): Gathering {
  const gathering = new Gathering();
  gathering.take(said, 0);
  if (awsType) gathering.codes.add(awsType.split(':')[0]!.toLowerCase());
  return gathering;
}

class Gathering implements ErrorFacts {
  readonly codes = new Set<string>();
  readonly texts: string[] = [];
  readonly params: string[] = [];
  status: number | undefined;
  isError = false;
  delay: string | undefined;
  headers: JsonObject | undefined;
  #left = MAX_VALUES;

  take(value: unknown, depth: number): void {
    if (depth > MAX_DEPTH || this.#left-- <= 0) return;
    if (typeof value === 'string') this.#takeText(value, depth);
    else if (Array.isArray(value)) for (const item of value.slice(0, MAX_VALUES)) this.take(item, depth + 1);
    else if (isObject(value)) this.#takeObject(value, depth);
  }

  /** Relays put a whole answer into a message, as text. */
  #takeText(text: string, depth: number): void {
    const isJson = text.length <= 65_536 && /^\s*[[{]/.test(text);
    const json = isJson ? parseJson(text) : undefined;
    if (typeof json === 'object' && json !== null) this.take(json, depth + 1);
    else if (text !== '') this.texts.push(text.slice(0, MAX_TEXT));
  }

  #takeObject(object: JsonObject, depth: number): void {
    for (const [key, value] of Object.entries(object)) {
      if (value === null || this.#left-- <= 0) continue;
      if (STATUSES.has(key)) this.#takeStatus(value);
      if (typeof value === 'string') {
        if (CODES.has(key)) this.codes.add(value.toLowerCase());
        if (TEXTS.has(key)) this.#takeText(value, depth);
      } else if (INSIDE.has(key)) this.take(value, depth + 1);
      this.#takeSign(key, value);
    }
  }

  #takeStatus(value: unknown): void {
    const status = typeof value === 'string' || typeof value === 'number' ? Number(value) : 0;
    if (status >= 400 && status < 600) this.status ??= status;
  }

  #takeSign(key: string, value: unknown): void {
    if (key === 'error' && value !== false) this.isError = true;
    else if (key === 'success' && value === false) this.isError = true;
    else if (key === 'object' && value === 'error') this.isError = true;
    else if (key === 'type' && value === 'error') this.isError = true;
    else if (key === 'status' && value === 'failed') this.isError = true;
    else if (key === 'blockReason') this.codes.add('content_filter');
    else if (key === 'retryDelay' && typeof value === 'string') this.delay ??= value;
    else if (key === 'headers' && isObject(value)) this.headers ??= value;
    else if (key === 'param' && typeof value === 'string') this.params.push(value);
    else if (key === 'loc' && Array.isArray(value)) {
      this.params.push(value.filter((part) => typeof part === 'string').join('.'));
    }
  }
}
