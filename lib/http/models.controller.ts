import {
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Req,
  Res,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { anthropicMessages } from '../upstream/dialects/anthropic-messages.js';
import { callerHeaders } from '../router/caller-headers.js';
import { TokenCounter } from '../router/count-tokens.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { RequestAssigner } from '../routing/request-assigner.js';
import type { HttpRequest } from '../routing/routing.options.js';
import { bodyIn } from './gateway.js';
import { GatewayErrorFilter } from './gateway-error.filter.js';
import { JsonBodyGuard } from './json-body.guard.js';
import { gatewayOperation, modelAnswer, modelList, tokenCount } from './gateway.operations.js';
import { Operation } from './openapi/operation.js';
import { OwnAnswers } from './own-answers.js';
import { NeedsScope, ScopeGuard } from './keys/scope.guard.js';
import { abortOnLeave, type HttpReply } from './server-response.js';

/** Questions beside the calls: which models there are, and how long a message is. */
@Controller()
@NeedsScope('inference')
@UseGuards(ScopeGuard, JsonBodyGuard)
@UseFilters(GatewayErrorFilter)
export class ModelsController {
  constructor(
    private readonly assigner: RequestAssigner,
    private readonly table: LiveRouteTable,
    private readonly counter: TokenCounter,
  ) {}

  /** The routes: callers see them as models. */
  @Get('v1/models')
  @UseInterceptors(OwnAnswers)
  @Operation({ group: 'Gateway', summary: 'The routes, as models.', answer: modelList })
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
    group: 'Gateway',
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
    group: 'Gateway',
    summary: "Input tokens of a message: the provider's count, or an estimate.",
    body: gatewayOperation(anthropicMessages).body!,
    answer: tokenCount,
    errors: [404],
    error: gatewayOperation(anthropicMessages).error!,
  })
  async countTokens(@Req() request: HttpRequest, @Res({ passthrough: true }) reply: HttpReply) {
    const { alias, body } = bodyIn(request.body, anthropicMessages);
    const { assignment } = await this.assigner.assign(request, alias, body);
    const response = 'raw' in reply ? reply.raw : reply;
    const headers = callerHeaders(anthropicMessages, (name) => request.headers[name]);
    const { inputTokens, isEstimate } = await this.counter.count(assignment, body, headers, abortOnLeave(response));
    response.setHeader('x-token-count', isEstimate ? 'estimated' : 'counted');
    return { input_tokens: inputTokens };
  }
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
