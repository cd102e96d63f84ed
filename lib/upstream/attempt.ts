import { type JsonObject, parseJson } from '../kit/json.js';
import type { CallWarning } from './call-warning.js';
import type { AnswerReading, StreamReader } from './dialects/readings.js';
import { classifyError } from './errors/classify-error.js';
import { refusedAddition } from './errors/refused-addition.js';
import { retryAdvice } from './errors/retry-advice.js';
import { factsIn, isSuccess, textIn } from './errors/answer-facts.js';
import { likelyInput } from './estimate-usage.js';
import { preparedCall, type AttemptRequest } from './prepared-call.js';
import { passedHeaders } from './passed-headers.js';
import { readAll, type ByteStream } from './response-body.js';
import type { SseEvent } from './sse.js';
import type { StreamAsked } from './stream-asked.js';
import type { UpstreamResponse } from './upstream-client.js';
import { repeatsSecret } from './quoted-secret.js';
import { failureFrom, UpstreamFailure } from './upstream-failure.js';
import { UpstreamStream } from './upstream-stream.js';
import { respelled } from './written-body.js';
import { sentWithoutRefused } from './without-refused.js';
import { Watchdog } from './watchdog.js';

/** A longer JSON answer is not read to its end. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** A whole answer: its bytes as they came, and what was read in them. */
export interface JsonAnswer {
  readonly status: number;
  readonly contentType: string;
  /** The provider's headers that may be passed on. */
  readonly passed: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The same, parsed. */
  readonly json: unknown;
  readonly reading: AnswerReading;
  /** Parts of the request that were left out. Absent: none. */
  readonly warnings?: readonly CallWarning[];
}

/** Asks for a whole JSON answer. @throws {UpstreamFailure} */
export function sendJson(request: AttemptRequest): Promise<JsonAnswer> {
  return sentWithoutRefused(request, answered);
}

async function answered(request: AttemptRequest): Promise<JsonAnswer> {
  const { dialect, client } = request;
  const watchdog = new Watchdog(request.clock, request.signal, client.end);
  watchdog.limit('answer', client.config.timeouts.total);
  try {
    const call = preparedCall(request);
    const text = textOf(request, call.body);
    const response = await client.requestWhole(call.path, call.headers, text, watchdog, MAX_ANSWER_BYTES);
    const { body } = response;
    if (!isSuccess(response.status)) throw refusal(request, response, body);
    const { json, reading } = answerIn(request, response, body, `the answer is not valid ${dialect.name}`);
    const passed = passedHeaders(response.headers);
    return { status: 200, contentType: contentTypeOf(response), passed, body, json, reading };
  } catch (error) {
    throw failureFrom(watchdog.reasonOr(error));
  } finally {
    watchdog.release();
  }
}

/**
 * Asks for a stream and returns when its headers arrive. The limit on the first sign of life starts with the request
 * and continues in the stream. The caller must read the stream or cancel it.
 *
 * @throws {UpstreamFailure}
 */
export function openStream(request: AttemptRequest, onward?: Onward): Promise<UpstreamStream> {
  return sentWithoutRefused(request, (asked) => opened(asked, onward));
}

/** Continues the events of a stream in another format than the upstream's. */
export interface Onward {
  readonly reader: StreamReader;
  readonly hideUsage: boolean;
  /** @param asEvents the events of a whole answer that came in place of a stream. */
  body(body: ByteStream, asEvents: StreamAsked['asEvents']): ByteStream;
}

async function opened(request: AttemptRequest, onward: Onward | undefined): Promise<UpstreamStream> {
  const { dialect, client } = request;
  const { timeouts } = client.config;
  const watchdog = new Watchdog(request.clock, request.signal, client.end);
  watchdog.limit('sign of life', timeouts.firstToken);
  watchdog.limit('end of the stream', timeouts.streamTotal);
  watchdog.limitCaller(timeouts.streamTotal);
  try {
    const call = preparedCall(request);
    const response = await client.open(call.path, call.headers, textOf(request, call.body), watchdog);
    if (!isSuccess(response.status)) {
      throw refusal(request, response, await readAll(response.body, MAX_ANSWER_BYTES));
    }
    const { body, hideUsage } = call;
    const inputTokens = (): number => likelyInput(body, dialect);
    const asEvents = (whole: Buffer): readonly SseEvent[] => {
      const json = answerIn(request, response, whole, 'the answer is not an event stream').json;
      return dialect.eventsOf?.(json as JsonObject) ?? [];
    };
    const reader = onward?.reader ?? dialect.readStream(body);
    const isAsked = dialect.usageEvent?.isAsked(request.body) ?? false;
    const wantsUsage = onward ? !onward.hideUsage : isAsked;
    const reads = { inputTokens, hideUsage: onward?.hideUsage ?? hideUsage, wantsUsage, asEvents };
    const bytes = onward?.body(response.body, asEvents) ?? response.body;
    const stream = new UpstreamStream(bytes, reader, reads, watchdog, timeouts.idle);
    stream.passed = passedHeaders(response.headers);
    stream.bytesLeft = client.config.limits?.streamBytes ?? Infinity;
    stream.isSecret = (text) => repeatsSecret(Buffer.from(text), client.config);
    return stream;
  } catch (error) {
    const failure = failureFrom(watchdog.reasonOr(error));
    watchdog.abandon(failure);
    throw failure;
  }
}

/** Reads a whole answer. @throws {UpstreamFailure} when it is none: some providers refuse with status 200. */
function answerIn(
  request: AttemptRequest,
  response: Pick<UpstreamResponse, 'status' | 'headers'>,
  body: Buffer,
  message: string,
): Pick<JsonAnswer, 'json' | 'reading'> {
  const json = parseJson(textIn(body));
  const reading = request.dialect.readAnswer(json);
  if (!reading) throw refusal(request, response, body, message);
  const { failure, facts } = reading;
  if (failure && facts) {
    const advice = retryAdvice(failure, response.headers, facts, request.clock.now());
    throw new UpstreamFailure(failure, 'the provider sent an error as its answer', advice);
  }
  return { json, reading };
}

/** A request that cannot be written as JSON is the caller's mistake, not the provider's. */
function textOf({ written, body: asked, dialect }: AttemptRequest, body: JsonObject): string {
  try {
    const own = written?.body === asked ? respelled(written, body, dialect.limitFields) : undefined;
    return own ?? JSON.stringify(body);
  } catch (cause) {
    throw new UpstreamFailure('rejected', 'the request cannot be written as JSON', { cause });
  }
}

function refusal(
  request: AttemptRequest,
  response: Pick<UpstreamResponse, 'status' | 'headers'>,
  body: Buffer,
  message = `the provider answered ${response.status}`,
): UpstreamFailure {
  const { status, headers } = response;
  const facts = factsIn(body, headers);
  const failure = classifyError(status, facts);
  return new UpstreamFailure(failure, message, {
    ...retryAdvice(failure, headers, facts, request.clock.now()),
    refusedAddition: failure === 'rejected' ? refusedAddition(facts) : undefined,
    status,
    answer: repeatsSecret(body, request.client.config)
      ? undefined
      : { status, contentType: contentTypeOf(response), body, passed: passedHeaders(headers) },
  });
}

/** Empty unless it may go into an answer of ours: Node refuses a header with other characters. */
function contentTypeOf({ headers }: Pick<UpstreamResponse, 'headers'>): string {
  const value = headers['content-type'];
  return typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value) ? value : '';
}
