import type { AbstractHttpAdapter } from '@nestjs/core';
import { openRequestContext } from '../routing/request-context.js';

interface IncomingRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

type Hook = (request: IncomingRequest, response: unknown, next: () => void) => void;

interface FastifyRoute {
  readonly url: string;
  preHandler?: Hook | Hook[];
}

/**
 * Opens the context of a request around its guards and its handler. Has to come behind the parsers and in front of the
 * routes, as `configure()` of a module does. A hook on Fastify's routes and plain middleware on Express: middleware of Nest's
 * matches paths again for every request, those it is not meant for too.
 *
 * @param except paths, as the adapter will have them, of what passes the context on by hand: a scope that every promise
 * drags along would cost it a tenth of its speed.
 */
export function mountRequestContext(adapter: AbstractHttpAdapter, except: readonly string[]): void {
  const own = new Set(except);
  if (adapter.getType() === 'fastify') {
    const instance = adapter.getInstance<{ addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): void }>();
    instance.addHook('onRoute', (route) => {
      if (!own.has(route.url)) route.preHandler = [openRequestContext, ...[route.preHandler ?? []].flat()];
    });
    return;
  }
  const open: Hook = (request, response, next) => {
    if (own.has(request.url)) next();
    else openRequestContext(request, response, next);
  };
  adapter.use(open);
}
