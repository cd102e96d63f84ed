import { BlueGreenError } from '../domain/errors.js';
import { type JsonObject, isObject, parseJson } from '../kit/json.js';
import { dialectAt, DIALECTS } from '../upstream/dialects/dialects.js';
import { wrongField } from '../upstream/dialects/request-types.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { formatEvent, formatEvents } from '../upstream/sse.js';
import type { CallRequest } from './call-request.js';
import { callerHeaders } from './caller-headers.js';
import { errorResponse } from './error-response.js';
import { reportHeaders } from './report-headers.js';
import { sdkErrorHeader } from './sdk-error.js';
import type { RoutedStream } from './routed-stream.js';
import type { Sender } from './sender.js';
import { STREAM_HEADERS } from './stream-headers.js';

/** The request cannot be sent through a route. `code`: `unsupported_request`. */
class UnsupportedRequestError extends BlueGreenError {
  constructor({ method, url }: Request) {
    const known = DIALECTS.map(({ path }) => `POST …${path}`).join(', ');
    super(
      'unsupported_request',
      `${method} ${new URL(url).pathname} cannot be sent through a route.`,
      `Send one of: ${known}.`,
      400,
    );
  }
}

/** A field of the request has the wrong type. `code`: `invalid_request`. */
export class WrongTypeError extends BlueGreenError {
  constructor(field: string, wants: string) {
    super('invalid_request', `"${field}" has the wrong type.`, `Send ${wants}.`, 400);
  }
}

/** The parts of a call that a `fetch` request carries. */
type FetchedCall = Required<Pick<CallRequest, 'dialect' | 'body' | 'written' | 'callerHeaders' | 'signal'>>;

/** Wraps the sender as a `fetch` for SDKs. */
export function fetchThrough(sender: Sender, requestOf: (call: FetchedCall) => CallRequest): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const dialect = dialectAt(new URL(request.url).pathname);
    try {
      if (!dialect || request.method !== 'POST') throw new UnsupportedRequestError(request);
      const text = await request.text();
      const body = bodyIn(text);
      const wrong = wrongField(dialect, body);
      if (wrong) throw new WrongTypeError(wrong.field, wrong.wants);
      const headers = callerHeaders(dialect, (name) => request.headers.get(name));
      const call = requestOf({
        dialect,
        body,
        written: { body, text },
        callerHeaders: headers,
        signal: request.signal,
      });
      if (dialect.isStream(body)) return streamed(await sender.stream(call), request);
      const { answer, call: done } = await sender.json(call);
      const bytes = done.outgoing?.body(answer) ?? answer.body;
      return new Response(new Uint8Array(bytes), {
        status: answer.status,
        headers: { ...done.passed, 'content-type': answer.contentType, ...reportHeaders(done.report()) },
      });
    } catch (error) {
      // `fetch` rejects with the reason of its own signal, and SDKs tell an abort from a failure by that.
      if (request.signal.aborted) throw request.signal.reason;
      if (!(error instanceof BlueGreenError)) throw error;
      const { status, headers, body } = errorResponse(error, dialect ?? openAiChat);
      return new Response(new Uint8Array(body), { status, headers: { ...headers, ...sdkErrorHeader(error) } });
    }
  };
}

function bodyIn(text: string): JsonObject {
  const body = parseJson(text);
  if (isObject(body)) return body;
  throw new BlueGreenError('unsupported_request', 'The body is not a JSON object.', 'Send a JSON object.', 400);
}

/** Keeps a reference to `request`: once it is garbage-collected, its signal no longer follows the caller's. */
function streamed(stream: RoutedStream, request: Request): Response {
  const encoder = new TextEncoder();
  const { outgoing } = stream.call;
  const batches = stream[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await batches.next();
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(outgoing ? outgoing.format(next.value) : formatEvents(next.value)));
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason;
        if (!(error instanceof BlueGreenError)) throw error;
        // SDKs hand the headers of a stream on with the error that its event becomes.
        for (const [name, value] of Object.entries(sdkErrorHeader(error))) headers.set(name, value);
        controller.enqueue(encoder.encode(formatEvent(stream.eventOf(error))));
        controller.close();
      }
    },
    cancel: () => stream.cancel(),
  });
  const { passed } = stream.call;
  const response = new Response(body, {
    headers: { ...passed, ...STREAM_HEADERS, ...reportHeaders(stream.call.report()) },
  });
  const { headers } = response;
  return response;
}
