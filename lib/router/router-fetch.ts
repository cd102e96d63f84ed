import { BlueGreenError } from '../domain/errors.js';
import type { JsonObject } from '../upstream/dialects/dialect.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { isObject, parseJson } from '../upstream/json.js';
import { formatEvent, formatEvents } from '../upstream/sse.js';
import type { CallRequest } from './call.js';
import { errorEvent, errorResponse } from './error-response.js';
import { reportHeaders } from './report-headers.js';
import type { RoutedStream } from './routed-stream.js';
import type { Sender } from './sender.js';

const dialect = openAiChat;

/** The request cannot be sent through a route. `code`: `unsupported_request`. */
class UnsupportedRequestError extends BlueGreenError {
  constructor(message: string, remedy: string) {
    super('unsupported_request', message, remedy, 400);
  }
}

/** Wraps the sender in the shape of `fetch`, for SDKs. */
export function fetchThrough(
  sender: Sender,
  requestOf: (body: JsonObject, signal: AbortSignal) => CallRequest,
): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    try {
      const body = await chatBodyOf(request);
      const call = requestOf(body, request.signal);
      if (dialect.isStream(body)) return streamed(await sender.stream(call), request);
      const { answer, call: done } = await sender.json(call);
      return new Response(new Uint8Array(answer.body), {
        status: answer.status,
        headers: { 'content-type': answer.contentType, ...reportHeaders(done.report()) },
      });
    } catch (error) {
      // `fetch` rejects when its own signal aborts, and SDKs tell that from a failure by its reason.
      if (request.signal.aborted) throw request.signal.reason;
      if (!(error instanceof BlueGreenError)) throw error;
      const { status, headers, body } = errorResponse(error, dialect);
      return new Response(new Uint8Array(body), { status, headers });
    }
  };
}

async function chatBodyOf(request: Request): Promise<JsonObject> {
  const { pathname } = new URL(request.url);
  if (request.method !== 'POST' || !pathname.endsWith(dialect.path)) {
    throw new UnsupportedRequestError(
      `${request.method} ${pathname} cannot be sent through a route.`,
      `Send POST …${dialect.path}.`,
    );
  }
  const body = parseJson(await request.text());
  if (!isObject(body)) throw new UnsupportedRequestError('The body is no JSON object.', 'Send a JSON object.');
  return body;
}

/** Holds on to `request`: its signal follows the caller's only as long as the request itself is not collected. */
function streamed(stream: RoutedStream, request: Request): Response {
  const encoder = new TextEncoder();
  const batches = stream[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await batches.next();
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(formatEvents(next.value)));
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason;
        if (!(error instanceof BlueGreenError)) throw error;
        controller.enqueue(encoder.encode(formatEvent({ event: undefined, data: errorEvent(error, dialect) })));
        controller.close();
      }
    },
    cancel: () => stream.cancel(),
  });
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', ...reportHeaders(stream.report()) };
  return new Response(body, { headers });
}
