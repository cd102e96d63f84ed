import { Logger } from '@nestjs/common';
import { BlueGreenError } from '../domain/errors.js';
import type { Clock } from '../kit/clock.js';
import { isObject, type JsonObject } from '../kit/json.js';
import type { CallRequest } from '../router/call-request.js';
import { callerHeaders } from '../router/caller-headers.js';
import { reportHeaders } from '../router/report-headers.js';
import { WrongTypeError } from '../router/router-fetch.js';
import type { Sender } from '../router/sender.js';
import type { RequestAssigner } from '../routing/request-assigner.js';
import { contextOf } from '../routing/request-context.js';
import type { HttpRequest } from '../routing/routing.options.js';
import { missingField, type Dialect } from '../upstream/dialects/dialect.js';
import type { KnownDialect } from '../upstream/dialects/dialects.js';
import { wrongField } from '../upstream/dialects/request-types.js';
import { knownCaller } from './keys/key-gate.js';
import { abortOnLeave, takeOver, type HttpReply } from './server-response.js';
import { StreamReply } from './stream-reply.js';

/** The body is not a request of the dialect. `code`: `invalid_request`. */
class InvalidRequestError extends BlueGreenError {
  constructor(message: string, remedy: string) {
    super('invalid_request', message, remedy, 400);
  }
}

/**
 * Answers calls in the wire formats, for whatever has admitted them: Nest's controller, or the listener of a server
 * that is the gateway's own. Answers go to Node's response directly: they come as bytes and leave as bytes.
 */
export class Gateway {
  readonly #logger = new Logger('GatewayController');

  constructor(
    private readonly sender: Sender,
    private readonly assigner: RequestAssigner,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers a request in one of the formats.
   *
   * @param text of the body, where it is known.
   * @throws {BlueGreenError} before the first byte went out; after it, the error becomes an event of the stream.
   */
  async serve(dialect: KnownDialect, request: HttpRequest, reply: HttpReply, text?: string): Promise<void> {
    const { alias, body: asked } = bodyIn(request.body, dialect);
    const caller = knownCaller(request)?.name;
    const assigned = this.assigner.assign(request, alias, asked, caller);
    const { assignment, setCookie } = assigned instanceof Promise ? await assigned : assigned;
    const response = 'raw' in reply ? reply.raw : reply;
    if (setCookie !== undefined) response.setHeader('set-cookie', setCookie);
    const { requestId, traceparent, tracestate } = contextOf(request);
    const out = dialect.isStream(asked) ? new StreamReply(reply, dialect, requestId, this.clock) : undefined;
    const call = {
      assignment,
      dialect,
      body: asked,
      written: text === undefined ? undefined : { body: asked, text },
      requestId,
      traceparent,
      tracestate,
      callerHeaders: callerHeaders(dialect, (name) => request.headers[name]),
      signal: abortOnLeave(response),
      accepted: out && (() => out.accepted()),
    };
    if (out) {
      await this.#stream(call, out);
      return;
    }
    const { answer, call: done } = await this.sender.json(call);
    // In one piece with the headers, a character for each byte: that is one write in place of two.
    const body = done.outgoing?.latin1(answer) ?? answer.body.toString('latin1');
    takeOver(reply)
      .writeHead(answer.status, {
        'content-type': answer.contentType,
        'content-length': body.length,
        ...done.passed,
        ...reportHeaders(done.report()),
      })
      .end(body, 'latin1');
  }

  /** Returns once it flows. Nobody has to wait for its end. */
  async #stream(call: CallRequest, out: StreamReply): Promise<void> {
    const onCrash = (error: Error): void => this.#logger.error(`A stream broke off: ${String(error)}`, error.stack);
    try {
      out.send(await this.sender.stream(call), onCrash);
    } catch (error) {
      if (!out.fail(error, onCrash)) throw error;
    }
  }
}

/** The route that is asked, and a body that is whole. @throws {BlueGreenError} */
export function bodyIn(body: unknown, dialect: Dialect): { alias: string; body: JsonObject } {
  if (!isObject(body)) {
    throw new InvalidRequestError('The body is not a JSON object.', 'Send JSON with "content-type: application/json".');
  }
  const { model } = body;
  if (typeof model !== 'string' || model === '') {
    throw new InvalidRequestError('"model" is missing.', 'Set it to the alias of a route; GET v1/models lists them.');
  }
  const missing = missingField(dialect, body);
  if (missing !== undefined) {
    throw new InvalidRequestError(
      `"${missing}" is missing or has the wrong type.`,
      `Send it as ${dialect.name} defines it.`,
    );
  }
  const wrong = wrongField(dialect, body);
  if (wrong) throw new WrongTypeError(wrong.field, wrong.wants);
  return { alias: model, body };
}
