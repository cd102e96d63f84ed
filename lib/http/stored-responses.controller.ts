import { Controller, Get, Param, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { BlueGreenError } from '../domain/errors.js';
import { callerHeaders } from '../router/caller-headers.js';
import { StoredResponses } from '../router/stored-responses.js';
import { contextOf } from '../routing/request-context.js';
import type { HttpRequest } from '../routing/routing.options.js';
import { openAiResponses } from '../upstream/dialects/openai-responses.js';
import { GatewayErrorFilter } from './gateway-error.filter.js';
import { NeedsScope, ScopeGuard } from './keys/scope.guard.js';
import { Operation } from './openapi/operation.js';
import { described } from './openapi/schemas.js';
import { abortOnLeave, takeOver, type HttpReply } from './server-response.js';

/** A stored response is shown whole. `code`: `invalid_request`. */
class NoReplayError extends BlueGreenError {
  constructor() {
    super('invalid_request', 'A stored response is not streamed again here.', 'Leave "stream" out.', 400);
  }
}

const answer = described('As the format has it.', z.looseObject({}));
const query = z.looseObject({ include: z.union([z.string(), z.array(z.string())]).optional() });

type Asked = HttpRequest & { readonly url: string };

/** Responses that a provider keeps: each is asked of the environment that made it. */
@Controller()
@NeedsScope('inference')
@UseGuards(ScopeGuard)
@UseFilters(GatewayErrorFilter)
export class StoredResponsesController {
  constructor(private readonly responses: StoredResponses) {}

  /** @throws {UnknownResponseError} {@link UpstreamError} */
  @Get('v1/responses/:id')
  @Operation({ summary: 'A response, from the environment that made it.', query, answer, errors: [404, 502] })
  show(
    @Param('id') id: string,
    @Query('stream') stream: unknown,
    @Req() request: Asked,
    @Res() reply: HttpReply,
  ): Promise<void> {
    if (stream !== undefined && stream !== 'false') throw new NoReplayError();
    return this.#ask('GET', id, '', request, reply);
  }

  /** @throws {UnknownResponseError} {@link UpstreamError} */
  @Post('v1/responses/:id/cancel')
  @Operation({
    summary: 'Cancels a response that its environment still works on.',
    answer,
    errors: [404, 502],
    status: 200,
  })
  cancel(@Param('id') id: string, @Req() request: Asked, @Res() reply: HttpReply): Promise<void> {
    return this.#ask('POST', id, '/cancel', request, reply);
  }

  async #ask(method: 'GET' | 'POST', id: string, action: string, request: Asked, reply: HttpReply): Promise<void> {
    const response = 'raw' in reply ? reply.raw : reply;
    const at = request.url.indexOf('?');
    const { status, headers, body } = await this.responses.ask({
      id,
      method,
      suffix: at < 0 ? action : `${action}${request.url.slice(at)}`,
      requestId: contextOf(request).requestId,
      callerHeaders: callerHeaders(openAiResponses, (name) => request.headers[name]),
      signal: abortOnLeave(response),
    });
    takeOver(reply)
      .writeHead(status, { ...headers, 'content-length': body.length })
      .end(body);
  }
}
