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
 * Opens the context of a request around its guards and its handler. Call it after the parsers and before the routes
 * are mounted, as in `configure()` of a module. It is a hook on Fastify's routes and plain middleware on Express:
 * Nest's own middleware would match paths again for every request.
 *
 * @param except paths that pass the context on by hand, as the adapter spells them: an async scope costs a tenth of
 * their speed.
 */
export function hookRequestContext(adapter: AbstractHttpAdapter, except: readonly string[]): void {
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
