import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Logger,
  Param,
  Post,
  Req,
  Res,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { BlueGreenError } from '../domain/errors.js';
import { anthropicMessages } from '../upstream/dialects/anthropic-messages.js';
import { callerHeaders } from '../router/caller-headers.js';
import { TokenCounter } from '../router/count-tokens.js';
import { reportHeaders } from '../router/report-headers.js';
import { WrongTypeError } from '../router/router-fetch.js';
import type { CallRequest } from '../router/call-request.js';
import { Sender } from '../router/sender.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { RequestAssigner } from '../routing/request-assigner.js';
import { contextOf } from '../routing/request-context.js';
import type { HttpRequest } from '../routing/routing.options.js';
import { missingField, type Dialect } from '../upstream/dialects/dialect.js';
import { type JsonObject, isObject } from '../kit/json.js';
import { DIALECTS, type KnownDialect } from '../upstream/dialects/dialects.js';
import { wrongField } from '../upstream/dialects/request-types.js';
import type { Clock } from '../kit/clock.js';
import { CLOCK } from '../tokens.js';
import { GatewayErrorFilter } from './gateway-error.filter.js';
import { JsonBodyGuard } from './json-body.guard.js';
import { gatewayOperation, modelAnswer, modelList, tokenCount } from './gateway.operations.js';
import { Operation } from './openapi/operation.js';
import { OwnAnswers } from './own-answers.js';
import { knownCaller, NeedsScope, ScopeGuard } from './keys/scope.guard.js';
import { abortOnLeave, takeOver, type HttpReply } from './server-response.js';
import { StreamReply } from './stream-reply.js';

/** The body is not a request of the dialect. `code`: `invalid_request`. */
class InvalidRequestError extends BlueGreenError {
  constructor(message: string, remedy: string) {
    super('invalid_request', message, remedy, 400);
  }
}

/**
 * The endpoints for clients of the wire formats. `model` is the alias of a route, or a model's own name that one route
 * alone has; the guard's headers choose within it. Answers go to Node's response directly: they come as bytes and leave
 * as bytes.
 */
@Controller()
@NeedsScope('inference')
@UseGuards(ScopeGuard, JsonBodyGuard)
@UseFilters(GatewayErrorFilter)
export class GatewayController {
  readonly #logger = new Logger(GatewayController.name);

  constructor(
    private readonly sender: Sender,
    private readonly assigner: RequestAssigner,
    private readonly table: LiveRouteTable,
    private readonly counter: TokenCounter,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Answers a request in one of the formats; {@link addEndpoint} gives each of them an endpoint.
   *
   * @throws {BlueGreenError} before the first byte went out; after it, the error becomes an event of the stream.
   */
  async serve(dialect: KnownDialect, request: HttpRequest, reply: HttpReply): Promise<void> {
    const { alias, body: asked } = readBody(request.body, dialect);
    const caller = knownCaller(request)?.name;
    const { assignment, setCookie } = await this.assigner.assign(request, alias, asked, caller);
    const response = 'raw' in reply ? reply.raw : reply;
    if (setCookie !== undefined) response.setHeader('set-cookie', setCookie);
    const { requestId, traceparent, tracestate } = contextOf(request);
    const out = dialect.isStream(asked) ? new StreamReply(reply, dialect, requestId, this.clock) : undefined;
    const call = {
      assignment,
      dialect,
      body: asked,
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
    // As a string the body leaves in one write with the headers; latin1 keeps its bytes.
    const body = done.outgoing ? done.outgoing.body(answer) : answer.body.toString('latin1');
    takeOver(reply)
      .writeHead(answer.status, {
        'content-type': answer.contentType,
        'content-length': body.length,
        ...done.passed,
        ...reportHeaders(done.report()),
      })
      .end(body, 'latin1');
  }

  /** The routes: callers see them as models. */
  @Get('v1/models')
  @UseInterceptors(OwnAnswers)
  @Operation({ summary: 'The routes, as models.', answer: modelList })
  models(@Req() request: HttpRequest) {
    const { aliases } = this.table.current;
    if (!isAnthropics(request)) return { object: 'list', data: aliases.map(modelOf) };
    const data = aliases.map(anthropicModelOf);
    return { data, has_more: false, first_id: aliases[0] ?? null, last_id: aliases.at(-1) ?? null };
  }

  /** @throws {UnknownRouteError} */
  @Get('v1/models/:alias')
  @UseInterceptors(OwnAnswers)
  @Operation({
    summary: 'One route, as a model, by its alias or the own name of its model.',
    answer: modelAnswer,
    errors: [404],
  })
  model(@Param('alias') alias: string, @Req() request: HttpRequest) {
    this.table.current.get(alias);
    return isAnthropics(request) ? anthropicModelOf(alias) : modelOf(alias);
  }

  /** Counts tokens as Anthropic's API does. Nothing is generated. */
  @Post('v1/messages/count_tokens')
  @UseInterceptors(OwnAnswers)
  @HttpCode(200)
  @Operation({
    summary: "Input tokens of a message: the provider's count, or an estimate.",
    body: gatewayOperation(anthropicMessages).body!,
    answer: tokenCount,
    errors: [404],
    error: gatewayOperation(anthropicMessages).error!,
  })
  async countTokens(@Req() request: HttpRequest, @Res({ passthrough: true }) reply: HttpReply) {
    const { alias, body } = readBody(request.body, anthropicMessages);
    const { assignment } = await this.assigner.assign(request, alias, body);
    const response = 'raw' in reply ? reply.raw : reply;
    const headers = callerHeaders(anthropicMessages, (name) => request.headers[name]);
    const { inputTokens, isEstimate } = await this.counter.count(assignment, body, headers, abortOnLeave(response));
    response.setHeader('x-token-count', isEstimate ? 'estimated' : 'counted');
    return { input_tokens: inputTokens };
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

for (const dialect of DIALECTS) addEndpoint(GatewayController.prototype, dialect);

/** Adds a handler to the class, with the decorators that it would have if it were written there. */
function addEndpoint(controller: GatewayController, dialect: KnownDialect): void {
  const { handler } = dialect.gateway;
  const value = function (this: GatewayController, request: HttpRequest, reply: HttpReply): Promise<void> {
    return this.serve(dialect, request, reply);
  };
  const descriptor = { value, writable: true, configurable: true };
  Object.defineProperty(controller, handler, descriptor);
  Post(`v1${dialect.endpoint.path}`)(controller, handler, descriptor);
  Operation(gatewayOperation(dialect))(controller, handler, descriptor);
  Req()(controller, handler, 0);
  Res()(controller, handler, 1);
}

/** Anthropic's clients send the version of the API with every call. */
function isAnthropics({ headers }: HttpRequest): boolean {
  return headers['anthropic-version'] !== undefined;
}

/** A route as Anthropic's clients see it. */
function anthropicModelOf(alias: string) {
  return { type: 'model', id: alias, display_name: alias, created_at: '1970-01-01T00:00:00Z' };
}

/** A route as callers see it. */
function modelOf(alias: string) {
  return { id: alias, object: 'model', created: 0, owned_by: 'nestjs-blue-green' };
}

function readBody(body: unknown, dialect: Dialect): { alias: string; body: JsonObject } {
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
