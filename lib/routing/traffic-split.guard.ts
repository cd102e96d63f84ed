import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { BlueGreenError } from '../domain/errors.js';
import { headerValue } from '../kit/header-value.js';
import type { Assignment } from './assignment.js';
import { toHttpException } from './http-exception.js';
import { contextOf } from './request-context.js';
import { Route } from './route.decorator.js';
import { RequestAssigner } from './request-assigner.js';
import type { HttpRequest } from './routing.options.js';

/** The method for setting headers that Express' response and Fastify's reply share. */
interface HttpResponse {
  header(name: string, value: string): unknown;
  /** Express only: adds to a header instead of replacing it. Fastify's `header` adds to `set-cookie` by itself. */
  append?(name: string, value: string): unknown;
}

/**
 * Decides which environment a request goes to, before its handler runs. The handler, `@Assigned()` and
 * `LlmRouterService` all see this decision. Contexts other than HTTP pass untouched.
 *
 * Each `protected` step can be overridden in a subclass.
 *
 * @throws {HttpException} 401 when the caller names an environment it may not use, 422 when a routing header makes
 * no sense, 404 for a route that is not configured.
 * @example
 * ```ts
 * @Controller('chat')
 * @UseGuards(TrafficSplitGuard)
 * export class ChatController {
 *   constructor(private readonly llm: LlmRouterService) {}
 *
 *   @Post()
 *   @Route('support-chat')
 *   chat(@Body() { messages }: { messages: ChatMessage[] }) {
 *     return this.llm.complete('support-chat', { messages });
 *   }
 * }
 * ```
 */
@Injectable()
export class TrafficSplitGuard implements CanActivate {
  constructor(
    protected readonly assigner: RequestAssigner,
    protected readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const response = http.getResponse<HttpResponse>();
    response.header('X-Request-ID', contextOf(request).requestId);
    try {
      const { assignment, setCookie } = await this.assigner.assign(request, this.routeOf(context));
      this.tell(response, assignment, setCookie);
    } catch (error) {
      throw this.toHttpException(error);
    }
    return true;
  }

  /** The route's alias: from `@Route()` on the handler or its class, else the only route. */
  protected routeOf(context: ExecutionContext): string | undefined {
    return this.reflector.getAllAndOverride(Route, [context.getHandler(), context.getClass()]);
  }

  /** Tells the caller the decision. */
  protected tell(response: HttpResponse, { environment, version }: Assignment, setCookie: string | undefined): void {
    response.header('X-Deployment-Env', headerValue(environment));
    response.header('X-Environment', headerValue(environment));
    response.header('X-Model-Version', headerValue(version.tag));
    if (setCookie === undefined) return;
    if (response.append) response.append('Set-Cookie', setCookie);
    else response.header('Set-Cookie', setCookie);
  }

  /** The exception when there is no decision: our errors become HTTP exceptions, others pass. */
  protected toHttpException(error: unknown): unknown {
    return error instanceof BlueGreenError ? toHttpException(error) : error;
  }
}
