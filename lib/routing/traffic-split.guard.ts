import { Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { BlueGreenError } from '../domain/errors.js';
import { headerValue } from '../kit/header-value.js';
import { OncePer } from '../kit/once-per.js';
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

interface Exchange {
  readonly request: HttpRequest | undefined;
  readonly response: HttpResponse | undefined;
}

interface GraphQlContext {
  readonly req?: HttpRequest;
  readonly request?: HttpRequest;
  readonly res?: HttpResponse;
  readonly reply?: HttpResponse;
}

type Handler = ReturnType<ExecutionContext['getHandler']>;

/** The metadata key of Nest's `@UseGuards()`. */
const GUARDS = '__guards__';

/**
 * Decides which environment a request goes to, before its handler runs. The handler, `@Assigned()` and
 * `LlmRouterService` all see this decision, over HTTP and in GraphQL resolvers; other contexts pass untouched.
 *
 * On a controller or a handler it decides for the route of `@Route()`, or for the only one. As a guard of the whole app
 * (`APP_GUARD`) it decides for handlers with a `@Route()` and leaves all others alone.
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
  readonly #routes = new OncePer((controller: Type, handler: Handler) =>
    this.reflector.getAllAndOverride(Route, [handler, controller]),
  );
  readonly #named = new OncePer((controller: Type, handler: Handler) =>
    this.reflector.getAllAndMerge<unknown[]>(GUARDS, [handler, controller]).some(isThis),
  );

  constructor(
    protected readonly assigner: RequestAssigner,
    protected readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { request, response } = this.exchangeOf(context);
    if (!request) return true;
    const route = this.routeOf(context);
    if (route === undefined && !this.isNamedBy(context)) return true;
    response?.header('X-Request-ID', contextOf(request).requestId);
    try {
      const { assignment, setCookie } = await this.assigner.assign(request, route);
      if (response) this.tell(response, assignment, setCookie);
    } catch (error) {
      throw this.toHttpException(error);
    }
    return true;
  }

  /** The route's alias: from `@Route()` on the handler or its class, else the only route. */
  protected routeOf(context: ExecutionContext): string | undefined {
    return this.#routes.of(context.getClass(), context.getHandler());
  }

  /**
   * Whether `@UseGuards()` of the handler or its class names this guard. As a guard of the whole app it decides only
   * for handlers with a `@Route()`: it would set cookies on health checks.
   */
  protected isNamedBy(context: ExecutionContext): boolean {
    return this.#named.of(context.getClass(), context.getHandler());
  }

  /** The HTTP request and its response: also those of a GraphQL call. Other contexts have none. */
  protected exchangeOf(context: ExecutionContext): Exchange {
    const type = context.getType<'http' | 'graphql'>();
    if (type === 'http') {
      const http = context.switchToHttp();
      return { request: http.getRequest<HttpRequest>(), response: http.getResponse<HttpResponse>() };
    }
    // Apollo and Mercurius hand them on in the resolver's third argument.
    const call = type === 'graphql' ? context.getArgByIndex<GraphQlContext | undefined>(2) : undefined;
    return { request: call?.req ?? call?.request, response: call?.res ?? call?.reply };
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

/** Of guards as `@UseGuards()` takes them: classes or instances. */
function isThis(guard: unknown): boolean {
  const prototype: unknown = typeof guard === 'function' ? guard.prototype : guard;
  return prototype === TrafficSplitGuard.prototype || prototype instanceof TrafficSplitGuard;
}
